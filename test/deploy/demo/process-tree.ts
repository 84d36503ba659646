// Started by `child.test.ts` as a parent that may be killed at any moment: starts one child of each kind, prints their
// process ids, and stays.
import { fileURLToPath } from 'node:url';
import { startChild } from '../../../deploy/demo/child.ts';
import { freePorts } from '../../../deploy/demo/free-ports.ts';

const [listen, metrics] = await freePorts(2);
const store = fileURLToPath(new URL('../../../deploy/demo/shop/store.ts', import.meta.url));
const watching = startChild({
  name: 'store',
  command: [store, `--listen=${listen}`, `--metrics=${metrics}`],
  leash: 'preload',
});
const foreign = startChild({
  name: 'foreign',
  command: ['sh', '-c', 'echo foreign is $$; exec sleep 300'],
  leash: 'process',
});
await watching.says(/listens/, 20_000);
const [, program] = await foreign.says(/foreign is (\d+)/, 20_000);
process.stdout.write(`pids ${watching.pid} ${foreign.pid} ${program}\n`);
setInterval(() => undefined, 60_000);
