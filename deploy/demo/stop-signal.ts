// One way to end the demo early, whatever asks for it: Ctrl-C, SIGTERM, a terminal that is closed, a process of the
// shop that died.

/** Somebody asked us to end. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`);
    this.signal = signal;
  }

  /** What a shell expects of a program that a signal ended. */
  get exitCode(): number {
    return this.signal === 'SIGINT' ? 130 : this.signal === 'SIGHUP' ? 129 : 143;
  }
}

/**
 * Turns signals into an abort. A second signal does not wait for the orderly end: the process exits at once, and its
 * children with it, as each watches the pipe to us.
 */
export function stopOnSignals(stop: AbortController): Disposable {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals): void => {
    const interrupted = new Interrupted(signal);
    if (stop.signal.aborted) process.exit(interrupted.exitCode);
    stop.abort(interrupted);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}

/** `promise`, or the reason of `signal` if that comes first. */
export function unlessStopped<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((settle, fail) => {
    const stopped = (): void => fail(signal.reason);
    if (signal.aborted) stopped();
    signal.addEventListener('abort', stopped, { once: true });
    void promise.then(settle, fail).finally(() => signal.removeEventListener('abort', stopped));
  });
}
