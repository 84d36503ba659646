#!/usr/bin/env node
// The one command line, `sidequake`. Nothing is imported before it is known to be needed: a sidecar has to be small,
// and an old Node must be able to read this file as far as the sentence that refuses it.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(`sidequake needs Node 24 or newer; this is ${process.versions.node} (${process.execPath})\n`);
  process.exitCode = 2;
} else if (process.argv[2] === 'proxy') {
  const { main } = await import('../proxy/main.ts');
  process.exitCode = await main(process.argv.slice(3));
} else {
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main(process.argv.slice(2));
}
