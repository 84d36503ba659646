/** nginx with one worker and a pool of kept upstream connections. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startListening } from '../process/listening.ts';
import { findProgram } from '../process/programs.ts';
import { programVersion } from '../process/versions.ts';
import type { Engine, Running, Setting } from './engine.ts';

export const nginx: Engine = {
  name: 'nginx',
  title: 'nginx (one worker)',
  protocols: ['http'],
  missing: () => (findProgram('nginx') === null ? 'nginx is missing: apt-get install nginx-light' : null),
  version: () => programVersion(findProgram('nginx') ?? 'nginx', '-v'),
  start,
};

async function start(setting: Setting): Promise<Running> {
  const port = await setting.ports.take();
  const folder = join(setting.workspace, `nginx-${port}`);
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configuration(folder, setting.upstreamPort, port));
  const child = await startListening(
    setting.children,
    // -e: the log that nginx opens before it has read its configuration.
    {
      file: findProgram('nginx') ?? 'nginx',
      args: ['-p', folder, '-e', join(folder, 'error.log'), '-c', file],
      core: setting.core,
    },
    port,
  );
  return { port, pid: child.pid, stop: child.stop };
}

function configuration(folder: string, upstreamPort: number, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${folder}/${kind};`)
    .join('\n');
  return `daemon off;
worker_processes 1;
worker_rlimit_nofile 10000;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 5000; }
http {
  access_log off;
  keepalive_requests 1000000000;
${temporary}
  upstream app {
    server 127.0.0.1:${upstreamPort};
    keepalive 2000;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`;
}
