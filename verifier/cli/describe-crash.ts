/** An error of our own, for whoever will look into it. */
export function describeCrash(error: unknown): string {
  return `sidequake: internal error, please report it with these lines:\n${stackOf(error)}\n`;
}

export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}
