// Ratings: `GET /ratings/ID` gives the mean of the stars in the store, as JSON.
import { connect } from 'node:net';
import { Metrics } from './metrics.ts';
import { httpService, runService, serviceArguments, type Reply } from './service.ts';

const args = serviceArguments();
const metrics = new Metrics();

const server = httpService(metrics, async (path): Promise<Reply> => {
  const id = /^\/ratings\/(\d+)$/.exec(path)?.[1];
  const stored = id === undefined ? '' : await askStore(`stars:${id}`);
  if (stored === '') return { status: 404, type: 'text/plain', body: 'no such product\n' };
  const stars = stored.split(',').map(Number);
  const mean = stars.reduce((sum, star) => sum + star, 0) / stars.length;
  return { status: 200, type: 'application/json', body: JSON.stringify({ id, stars: mean, votes: stars.length }) };
});

await runService('ratings', server, metrics, args);

/** One connection for each question: the store is near. */
function askStore(key: string): Promise<string> {
  const [host, port] = args.upstream.split(':');
  return new Promise((answered, failed) => {
    let received = '';
    const socket = connect({ host: host ?? '', port: Number(port) });
    socket
      .setEncoding('utf8')
      .on('connect', () => socket.write(`GET ${key}\n`))
      .on('data', (chunk: string) => {
        received += chunk;
        if (!received.endsWith('\n')) return;
        socket.end();
        answered(received.trimEnd());
      })
      .on('error', failed)
      .on('close', () => failed(new Error('the store closed the connection without an answer')));
  });
}
