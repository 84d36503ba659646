// The store of the shop, over plain TCP: a client sends `GET KEY\n` and gets `VALUE\n`, or an empty line when there is
// none. Connections may be used again.
import { createServer } from 'node:net';
import { Metrics } from './metrics.ts';
import { runService, serviceArguments } from './service.ts';

/** Stars that people gave, by product. */
const STARS = new Map([
  ['stars:1', '5,4,5,3'],
  ['stars:2', '2,4,4'],
  ['stars:3', '5,5'],
]);

const metrics = new Metrics();
const server = createServer((socket) => {
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (received + chunk).split('\n');
    received = lines.pop() ?? '';
    for (const line of lines) {
      const begun = performance.now();
      const value = STARS.get(line.replace(/^GET /, ''));
      socket.write(`${value ?? ''}\n`);
      metrics.request(value === undefined ? '404' : '200', (performance.now() - begun) / 1000);
    }
  });
  // A client that is gone needs no answer.
  socket.on('error', () => socket.destroy());
});

await runService('store', server, metrics, serviceArguments());
