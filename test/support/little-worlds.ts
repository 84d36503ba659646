import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeAdmin } from './fake-admin.ts';
import { startFakeAdmin } from './fake-admin.ts';
import { realPrometheus } from './prometheus.ts';

/**
 * Worlds of their own for experiments that last seconds: an app that counts its requests, a sidecar's admin API whose
 * rules decide which requests break, and a real Prometheus that scrapes all apps every 200 ms. Each world sees
 * Prometheus through a gate that can be shut.
 */
export interface LittleWorld {
  readonly app: { readonly url: string; errorEvery: number; countsNothing: boolean };
  readonly admin: FakeAdmin;
  readonly prometheus: { readonly url: string; shut(): void };
  /** Label that tells the worlds apart: `{world="0"}`. */
  readonly label: string;
}

export interface LittleWorlds extends AsyncDisposable {
  /** The next world that nobody has used. */
  take(): LittleWorld;
}

export const SCRAPE_MS = 200;

export async function littleWorlds(count: number): Promise<LittleWorlds> {
  const stack = new AsyncDisposableStack();
  const apps = await Promise.all(Array.from({ length: count }, async () => await startApp(stack)));
  const targets = apps.map(({ port }, world) => `{ targets: ['127.0.0.1:${port}'], labels: { world: '${world}' } }`);
  const config = `
global: { scrape_interval: ${SCRAPE_MS}ms, scrape_timeout: ${SCRAPE_MS}ms }
scrape_configs:
  - job_name: app
    static_configs: [${targets.join(', ')}]
`;
  const prometheus = stack.use(await realPrometheus({ config }));
  await untilScraped(prometheus.url, count);
  const worlds = await Promise.all(
    apps.map(async ({ app, admin }, world) => ({
      app,
      admin,
      prometheus: await startGate(new URL(prometheus.url), stack),
      label: `{world="${world}"}`,
    })),
  );
  return {
    take: () => {
      const world = worlds.pop();
      if (world === undefined) throw new Error('more worlds are needed than were made');
      return world;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Every app has been scraped often enough for its interval to be known. */
async function untilScraped(url: string, count: number): Promise<void> {
  const query = encodeURIComponent('count(count_over_time(up[10s]) >= 4)');
  for (let attempt = 0; attempt < 150; attempt++) {
    const answer = (await (await fetch(`${url}/api/v1/query?query=${query}`)).json()) as {
      data?: { result?: { value: [number, string] }[] };
    };
    if (answer.data?.result?.[0]?.value[1] === String(count)) return;
    await sleep(100);
  }
  throw new Error('Prometheus did not scrape the apps within 15 s');
}

async function startApp(stack: AsyncDisposableStack): Promise<{
  readonly port: number;
  readonly app: LittleWorld['app'];
  readonly admin: FakeAdmin;
}> {
  const admin = stack.use(await startFakeAdmin());
  const counts = { good: 0, bad: 0 };
  let requests = 0;
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(
        `# TYPE app_requests_total counter\napp_requests_total{code="200"} ${counts.good}\n` +
          `app_requests_total{code="503"} ${counts.bad}\n# TYPE app_nan gauge\napp_nan NaN\n`,
      );
      return;
    }
    const broken = admin.exchange() || (app.errorEvery > 0 && ++requests % app.errorEvery === 0);
    if (!app.countsNothing) counts[broken ? 'bad' : 'good']++;
    response.writeHead(broken ? 503 : 200).end('ok');
  });
  const port = await listen(server, stack);
  const app = { url: `http://127.0.0.1:${port}/work`, errorEvery: 0, countsNothing: false };
  return { port, app, admin };
}

async function startGate(to: URL, stack: AsyncDisposableStack): Promise<LittleWorld['prometheus']> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createTcpServer((client) => {
    const upstream = keep(connect(Number(to.port), to.hostname));
    keep(client).pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const port = await listen(server, stack);
  const shut = (): void => {
    if (server.listening) server.close();
    for (const socket of sockets) socket.destroy();
  };
  stack.defer(shut);
  return { url: `http://127.0.0.1:${port}`, shut };
}

async function listen(server: Server, stack: AsyncDisposableStack): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  stack.defer(() => {
    if ('closeAllConnections' in server) (server as ReturnType<typeof createServer>).closeAllConnections();
    if (server.listening) server.close();
  });
  return (server.address() as AddressInfo).port;
}
