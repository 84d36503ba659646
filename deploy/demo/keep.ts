// While the demo stays up: a little traffic on both shops, so that there is something to see in Prometheus.

const EACH_MS = 200;

/** Asks each of the addresses five times a second until `signal`; settles then. */
export function trickle(urls: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    const timer = setInterval(() => {
      for (const url of urls) {
        // Broken pages are what the shop's own metrics are for; here nobody reads them.
        void fetch(url, { signal }).then(
          (response) => response.body?.cancel(),
          () => undefined,
        );
      }
    }, EACH_MS);
    const stop = (): void => {
      clearInterval(timer);
      settle();
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
