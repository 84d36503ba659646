/** node bench/engines/http-proxy-program.ts LISTEN-PORT UPSTREAM-PORT */
import httpProxy from 'http-proxy';

// Importing node:http loads all that it exports, fetch included: 13 MB that a program with `require` does not have.
const http = process.getBuiltinModule('node:http');

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
