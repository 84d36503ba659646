// Reviews: `GET /reviews/ID` gives what people wrote about a product with its stars from ratings, as JSON.
// With `--careful` it gives ratings 200 ms, asks a second time, and then does with the last stars it has seen.
import { callCarefully, callCarelessly } from './call.ts';
import { Metrics } from './metrics.ts';
import { httpService, runService, serviceArguments, type Reply } from './service.ts';

const TEXTS = new Map([
  ['1', ['It stands.', 'My cat approves.']],
  ['2', ['Came with two left feet.']],
  ['3', ['Would buy again.', 'Did buy again.']],
]);

const args = serviceArguments();
const metrics = new Metrics(['shop_fallbacks_total', 'shop_retries_total']);
const lastSeen = new Map<string, unknown>();

const server = httpService(metrics, async (path): Promise<Reply> => {
  const id = /^\/reviews\/(\d+)$/.exec(path)?.[1] ?? '';
  const texts = TEXTS.get(id);
  if (texts === undefined) return { status: 404, type: 'text/plain', body: 'no such product\n' };
  const ratings = await ratingsOf(id);
  return { status: 200, type: 'application/json', body: JSON.stringify({ id, texts, ratings }) };
});

await runService('reviews', server, metrics, args);

async function ratingsOf(id: string): Promise<unknown> {
  const url = `http://${args.upstream}/ratings/${id}`;
  if (!args.careful) return JSON.parse(await callCarelessly(url));
  try {
    const onRetry = (): void => metrics.count('shop_retries_total');
    const ratings: unknown = JSON.parse(await callCarefully(url, { timeoutMs: 200, attempts: 2, onRetry }));
    lastSeen.set(id, ratings);
    return ratings;
  } catch {
    // The fallback: stars of a moment ago are better than no reviews. Counted, so that nobody takes it for health.
    metrics.count('shop_fallbacks_total');
    return lastSeen.get(id) ?? null;
  }
}
