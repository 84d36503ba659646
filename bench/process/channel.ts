/** Messages of the bench's own child processes. */
import type { Child } from './children.ts';

/**
 * The next message of a child.
 *
 * @throws Error with the end of its output when it ends instead, or says nothing in time
 */
export function nextMessage<Message>(child: Child, timeoutMs = 20_000): Promise<Message> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.process.off('message', onMessage);
      reject(new Error(`process ${child.pid} said nothing for ${timeoutMs} ms: ${child.tail()}`));
    }, timeoutMs);
    const onMessage = (message: unknown): void => {
      clearTimeout(timer);
      resolve(message as Message);
    };
    child.process.once('message', onMessage);
    void child.exited.then(({ code, signal }) => {
      clearTimeout(timer);
      child.process.off('message', onMessage);
      reject(new Error(`process ${child.pid} ended with ${signal ?? `code ${code}`}: ${child.tail()}`));
    });
  });
}
