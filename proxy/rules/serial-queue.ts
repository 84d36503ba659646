/** Runs asynchronous work one after the other, in the order in which it was asked for. */
export class SerialQueue {
  private tail: Promise<unknown> = Promise.resolve();

  /** Settles as the work does; what fails keeps no later work back. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work);
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  /** Settles when all that was asked for until now is done. */
  async idle(): Promise<void> {
    await this.tail;
  }
}
