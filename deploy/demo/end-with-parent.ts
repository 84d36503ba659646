// Preloaded (`node --import`) into the demo's Node processes: when the process that holds the other end of our stdin
// is gone, however it went, we end too. SIGTERM first, so that the program can drain; SIGKILL if it does not.
const GRACE_MS = 5_000;

const endSelf = (): void => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
};

process.stdin.once('end', endSelf).once('error', endSelf).resume();
// Watching must not keep a program alive that has nothing else to do.
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref();
