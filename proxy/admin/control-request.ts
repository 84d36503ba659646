/** One request to a control listener, read whole. */
export interface ControlRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  /** The first value of a header; the name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

const LF = 10;

/** The content of a chunked body that is known to be well-formed (RFC 9112, 7.1.3). */
export function decodeChunks(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < raw.length;) {
    const lineEnd = raw.indexOf(LF, at);
    const size = Number.parseInt(raw.toString('latin1', at, lineEnd), 16);
    if (size === 0) break;
    parts.push(raw.subarray(lineEnd + 1, lineEnd + 1 + size));
    at = lineEnd + 1 + size + 2;
  }
  return Buffer.concat(parts);
}
