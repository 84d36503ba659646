// The shop's pages: `GET /products/ID` shows a product with its reviews.
// With `--careful` it gives reviews 800 ms, and then shows the page without them.
import { callCarefully, callCarelessly } from './call.ts';
import { Metrics } from './metrics.ts';
import { httpService, runService, serviceArguments, type Reply } from './service.ts';

const PRODUCTS = new Map([
  ['1', 'A table'],
  ['2', 'A chair'],
  ['3', 'A lamp'],
]);

interface Reviews {
  readonly texts: readonly string[];
  readonly ratings: { readonly stars: number; readonly votes: number } | null;
}

const args = serviceArguments();
const metrics = new Metrics(['shop_fallbacks_total']);

const server = httpService(metrics, async (path): Promise<Reply> => {
  const id = /^\/products\/(\d+)$/.exec(path)?.[1] ?? '';
  const product = PRODUCTS.get(id);
  if (product === undefined) return { status: 404, type: 'text/plain', body: 'no such product\n' };
  return { status: 200, type: 'text/html', body: page(product, await reviewsOf(id)) };
});

await runService('frontend', server, metrics, args);

async function reviewsOf(id: string): Promise<Reviews | null> {
  const url = `http://${args.upstream}/reviews/${id}`;
  if (!args.careful) return JSON.parse(await callCarelessly(url)) as Reviews;
  try {
    return JSON.parse(await callCarefully(url, { timeoutMs: 800, attempts: 1 })) as Reviews;
  } catch {
    // A product can be bought without its reviews. Counted, so that nobody takes it for health.
    metrics.count('shop_fallbacks_total');
    return null;
  }
}

function page(product: string, reviews: Reviews | null): string {
  const stars = reviews?.ratings ? `<p>${reviews.ratings.stars.toFixed(1)} of 5 stars</p>` : '';
  const texts = (reviews?.texts ?? []).map((text) => `<li>${text}</li>`).join('');
  return `<!doctype html><title>${product}</title><h1>${product}</h1>${stars}<ul>${texts}</ul>\n`;
}
