/** node bench/engines/pipe-program.ts LISTEN-PORT UPSTREAM-PORT */
import net from 'node:net';

const [listenPort, upstreamPort] = process.argv.slice(2).map(Number);

net
  .createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = net.connect({
      port: upstreamPort ?? 0,
      host: '127.0.0.1',
      noDelay: true,
      allowHalfOpen: true,
    });
    client.pipe(upstream);
    upstream.pipe(client);
    // Either side may leave at any time; the other has then nobody to talk to.
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  })
  .listen({ port: listenPort, host: '127.0.0.1', backlog: 4096 });

process.on('disconnect', () => process.exit(0));
