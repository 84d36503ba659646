// npm scripts run on the node of devDependencies; a runner started directly may be an older one.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  throw new Error(`Sidequake's tests need Node 24 or newer, this is ${process.versions.node}: start them by npm test`);
}
