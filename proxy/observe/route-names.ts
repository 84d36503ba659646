/**
 * The routes that metrics know, by index. Names keep their index when the configuration changes, so that what has been
 * counted stays with its name; the list grows only with names that some configuration has held.
 */
export class RouteNames {
  /** Index 0 is the unnamed route. */
  readonly names: string[] = [''];

  /** From a position in the list of routes plus one (0: no route) to the index of its name. */
  indexes(routes: readonly { readonly name: string }[]): Int32Array {
    return Int32Array.from([0, ...routes.map(({ name }) => this.#indexOf(name))]);
  }

  #indexOf(name: string): number {
    const known = this.names.indexOf(name, 1);
    return known > 0 ? known : this.names.push(name) - 1;
  }
}
