/** The headers of an answer that a fault invents: what a user may write, and what stays ours. */
import * as z from 'zod';

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
/** RFC 9110 section 5.5 advises ASCII; CR, LF and NUL would end the line or worse. */
const NOT_IN_VALUE = /[^\t\x20-\x7e]/u;
/** These decide where the answer ends, or say who made it: the proxy writes them itself. */
const OURS: ReadonlyMap<string, string> = new Map([
  ['content-length', 'is written by the proxy, from the body'],
  ['transfer-encoding', 'is the framing of the proxy: the length of the body is known'],
  ['connection', 'is decided by the proxy, as the connection goes on or ends'],
  ['sidequake', 'is the mark of answers that the proxy makes: see `mark`'],
]);

/** Name -> value, as written. */
export const answerHeaders = z
  .record(z.string(), z.string({ error: ({ input }) => `must be text: write "${String(input)}" in quotes` }))
  .superRefine((headers, context) => {
    for (const [name, value] of Object.entries(headers)) {
      const message = nameProblem(name) ?? valueProblem(value);
      if (message !== null) context.issues.push({ code: 'custom', message, input: value, path: [name] });
    }
  });

function nameProblem(name: string): string | null {
  if (!TOKEN.test(name)) return `${JSON.stringify(name)} is not a header name (letters, digits and !#$%&'*+.^_\`|~-)`;
  const reason = OURS.get(name.toLowerCase());
  return reason === undefined ? null : `${name} ${reason}`;
}

function valueProblem(value: string): string | null {
  const odd = NOT_IN_VALUE.exec(value);
  return odd && `${JSON.stringify(odd[0])} must not stand in a header: printable ASCII alone`;
}
