// Bundles the command line into dist/: Node refuses to strip types under node_modules, so what is published is plain
// JavaScript. `splitting` keeps each part in a file of its own: a sidecar loads the proxy and nothing of the verifier.
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const outdir = new URL('../dist/', import.meta.url).pathname;
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: { sidequake: new URL('../verifier/main.ts', import.meta.url).pathname },
  outdir,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  // Source text stays in a process's memory, so comments and white space go. Names stay: stack traces are read.
  minifyWhitespace: true,
  minifySyntax: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  legalComments: 'none',
  logLevel: 'warning',
  // CommonJS dependencies ask for `require`, which an ES module has not.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);",
  },
});
await chmod(`${outdir}sidequake.mjs`, 0o755);
