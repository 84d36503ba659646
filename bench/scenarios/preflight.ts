/** Asks once through an engine and compares the answer with the upstream's, byte for byte. */
import http from 'node:http';
import { type AnswerPath, buildAnswers } from '../upstream/answers.ts';

const answers = buildAnswers();

/** Why the engine does not forward this path as it should; empty when it does. */
export async function preflight(port: number, path: AnswerPath): Promise<string[]> {
  try {
    const { status, body } = await get(port, path);
    if (status !== 200) return [`GET ${path} is answered by ${status}`];
    const expected = answers.get(path)?.body;
    return expected !== undefined && body.equals(expected) ? [] : [`GET ${path} has another body than was sent`];
  } catch (error) {
    return [`GET ${path} failed: ${String(error)}`];
  }
}

function get(port: number, path: string): Promise<{ status: number | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, path, host: '127.0.0.1', agent: false, timeout: 5000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode, body: Buffer.concat(chunks) });
      });
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer for 5 s')));
    request.on('error', reject);
  });
}
