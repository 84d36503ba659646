// An open loop of requests over keep-alive connections: a rate that no slow answer holds back.
import http from 'node:http';

export interface LoadCounts {
  sent: number;
  /** Answers of the proxy itself. */
  injected: number;
  ok: number;
  /** Requests that this client has broken off. */
  aborted: number;
  /** Errors that nobody asked for. */
  readonly errors: string[];
}

/**
 * Sends for so long at about this rate.
 *
 * @param abortShare - of the requests, broken off at some moment within 20 ms
 */
export async function pacedLoad(
  port: number,
  perSecond: number,
  forMs: number,
  abortShare: number,
): Promise<LoadCounts> {
  const counts: LoadCounts = { sent: 0, injected: 0, ok: 0, aborted: 0, errors: [] };
  const agent = new http.Agent({ keepAlive: true, maxSockets: 128 });
  const startedAt = performance.now();
  const pending = new Set<Promise<void>>();
  while (performance.now() - startedAt < forMs) {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
    while (counts.sent < due) {
      const aborts = abortShare > 0 && counts.sent % Math.round(1 / abortShare) === 0;
      const one = request(agent, port, counts.sent++, aborts, counts);
      pending.add(one);
      void one.finally(() => pending.delete(one));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(pending);
  agent.destroy();
  return counts;
}

function request(agent: http.Agent, port: number, i: number, aborts: boolean, counts: LoadCounts): Promise<void> {
  return new Promise((resolve) => {
    const method = i % 3 === 0 ? 'POST' : 'GET';
    const path = `/item/${i % 40}`;
    const call = http.request({ host: '127.0.0.1', port, agent, method, path }, (response) => {
      response
        .resume()
        .on('end', () => {
          if (response.headers['sidequake'] === undefined) counts.ok++;
          else counts.injected++;
          resolve();
        })
        .on('error', () => resolve());
    });
    let broken = false;
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (!broken) counts.errors.push(error.code ?? error.message);
      resolve();
    });
    if (aborts) {
      setTimeout(() => {
        if (call.closed || call.destroyed) return;
        broken = true;
        counts.aborted++;
        call.destroy();
      }, i % 20);
    }
    call.end(method === 'POST' ? 'x'.repeat(1 + (i % 7) * 900) : undefined);
  });
}
