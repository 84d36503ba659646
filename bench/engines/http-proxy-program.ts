/** node bench/engines/http-proxy-program.ts LISTEN-PORT UPSTREAM-PORT */
import http from 'node:http';
import httpProxy from 'http-proxy';

const [listenPort, upstreamPort] = process.argv.slice(2).map(Number);

const proxy = httpProxy.createProxyServer({
  target: `http://127.0.0.1:${upstreamPort}`,
  agent: new http.Agent({ keepAlive: true }),
});
proxy.on('error', (_error, _request, response) => {
  response.destroy();
});

const server = http.createServer((request, response) => {
  proxy.web(request, response);
});
server.listen({ port: listenPort, host: '127.0.0.1', backlog: 4096 });

process.on('disconnect', () => process.exit(0));
