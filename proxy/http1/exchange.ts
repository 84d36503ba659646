/**
 * One request and its response on a connection, while the response is awaited. Instances are used again and again: on
 * the clean path an exchange costs no object.
 */
export class Exchange {
  /** Index of the route, 0 = unnamed. */
  route = 0;
  /** Index in METHODS. */
  method = 0;
  startedAtMs = 0;
  requestBytes = 0;
  responseBytes = 0;
  /** Of the final response; 0 before its head. */
  status = 0;
  /** Index in FLAGS. */
  flags = 0;
  next: Exchange | null = null;
}

/** Exchanges that await their responses, in the order of their requests (RFC 9112, 9.3.2). */
export class ExchangeQueue {
  first: Exchange | null = null;
  #last: Exchange | null = null;
  #spare: Exchange | null = null;

  /** Appends an exchange; all but its route, method and start is as new. */
  push(route: number, method: number, startedAtMs: number, flags: number): Exchange {
    const exchange = this.#spare ?? new Exchange();
    this.#spare = exchange.next;
    exchange.route = route;
    exchange.method = method;
    exchange.startedAtMs = startedAtMs;
    exchange.requestBytes = 0;
    exchange.responseBytes = 0;
    exchange.status = 0;
    exchange.flags = flags;
    exchange.next = null;
    if (this.#last === null) this.first = exchange;
    else this.#last.next = exchange;
    this.#last = exchange;
    return exchange;
  }

  /** Removes the first; it may be read until the next `push`. */
  shift(): void {
    const exchange = this.first;
    if (exchange === null) return;
    this.first = exchange.next;
    if (this.first === null) this.#last = null;
    exchange.next = this.#spare;
    this.#spare = exchange;
  }
}
