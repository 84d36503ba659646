/** Reads the body of a control request, up to a limit. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError } from './reply.ts';

/** A rule is a few hundred bytes; a document this large takes a second to parse, in the process that carries traffic. */
const MOST_BODY_BYTES = 1 << 20;

/** Of a body that is too large this much is read and thrown away: a client that is still sending hears no answer. */
const MOST_DISCARDED_BYTES = 16 << 20;

/** The text; undefined where it is too large and that has been answered. */
export async function readBody(request: IncomingMessage, response: ServerResponse): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size <= MOST_BODY_BYTES) chunks.push(bytes);
    else chunks.length = 0;
    if (size > MOST_DISCARDED_BYTES) break;
  }
  if (size <= MOST_BODY_BYTES) return Buffer.concat(chunks).toString('utf8');
  if (size > MOST_DISCARDED_BYTES) response.setHeader('connection', 'close');
  sendError(response, 'too-large', `the body is larger than ${MOST_BODY_BYTES} bytes`);
  return undefined;
}
