// How one service of the shop calls the next: carelessly or carefully. All that differs between the two versions that
// the demo compares is in this file.

/** What a careful caller does. */
export interface Care {
  /** For each attempt. */
  readonly timeoutMs: number;
  /** The first one included. */
  readonly attempts: number;
  /** Called before each attempt after the first. */
  readonly onRetry?: () => void;
}

/**
 * One attempt, for as long as it takes.
 *
 * @throws Error when there is no answer or it is not a 2xx.
 */
export async function callCarelessly(url: string): Promise<string> {
  return attempt(url, null);
}

/**
 * Some attempts, each with a timeout, with a short random pause between them.
 *
 * @throws Error of the last attempt.
 */
export async function callCarefully(url: string, care: Care): Promise<string> {
  for (let n = 1; ; n++) {
    try {
      return await attempt(url, AbortSignal.timeout(care.timeoutMs));
    } catch (error) {
      if (n >= care.attempts) throw error;
      // Random, so that callers that failed together do not come back together.
      await new Promise((wake) => setTimeout(wake, 5 + Math.random() * 20));
      care.onRetry?.();
    }
  }
}

async function attempt(url: string, signal: AbortSignal | null): Promise<string> {
  const response = await fetch(url, { signal });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return body;
}
