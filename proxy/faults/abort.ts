/** `abort`: answers in the app's place. */
import { Buffer } from 'node:buffer';
import * as z from 'zod';
import type { Fault } from './fault.ts';
import { answerHeaders } from './fields/answer-headers.ts';
import { withShortForm } from './fields/short-form.ts';

/** These answers never have content (RFC 9110 sections 15.3.5, 15.3.6, 15.4.5). */
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

const written = z.strictObject(
  {
    status: z
      .int('must be a whole number, a status like 503')
      .min(200, 'must be 200 to 599: an exchange ends with a final status')
      .max(599, 'must be 200 to 599: others are no HTTP status')
      .default(503)
      .describe('Status of the answer.'),
    headers: answerHeaders.default({}).describe('Headers of the answer, name to text. Length and connection are ours.'),
    body: z
      .string({ error: 'must be text: put it into quotes' })
      .default('')
      .describe('Body of the answer, sent as UTF-8. Its type is yours to name in `headers`.'),
    mark: z.boolean().default(true).describe('Whether the answer carries `sidequake: injected RULE/FAULT`.'),
    when: z
      .literal('before', { error: ({ input }) => whenMessage(input) })
      .default('before')
      .describe('`before`: the app never sees the request.'),
  },
  {
    error: ({ code }) =>
      code === 'invalid_type' ? 'write a status like 503, or { status: 503, body: ... }' : undefined,
  },
);

export type AbortParams = z.output<typeof written>;

const params = withShortForm(written.superRefine(checkBody), {
  schema: z.int().min(200).max(599).describe('`status`'),
  expand: (alone) => (/^\d+$/.test(String(alone)) ? { status: Number(alone) } : undefined),
})
  .describe("Answers in the app's place, with a status, headers and a body.")
  .meta({ examples: [{ status: 503, headers: { 'retry-after': '1' }, body: '{"error":"injected"}' }, 503] });

export const abort: Fault<AbortParams> = {
  name: 'abort',
  params,
  applies: { exchange: true, bytes: false, phases: ['request'] },
  compile: ({ status, headers, body, mark }) => [
    { kind: 'answer', answer: { status, headers: Object.entries(headers), body: Buffer.from(body, 'utf8'), mark } },
  ],
  predict: ({ status }) => ({
    seen: `each exchange ends with status ${status} at once and the app never sees the request`,
    status,
    responseFlags: 'FI',
  }),
};

function checkBody(params: AbortParams, context: z.core.$RefinementCtx<AbortParams>): void {
  if (params.body === '' || !WITHOUT_BODY.includes(params.status)) return;
  const message = `an answer with status ${params.status} has no body (RFC 9110): leave it out or take another status`;
  context.issues.push({ code: 'custom', message, input: params.body, path: ['body'] });
}

function whenMessage(input: unknown): string {
  const known = typeof input === 'string' && (input === 'committed' || input.startsWith('body:'));
  const word = typeof input === 'string' ? input : JSON.stringify(input);
  return known ? `${word} is not supported by this version: only before` : `${word} is not a moment: only before`;
}
