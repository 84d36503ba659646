/**
 * Reads the envelope of an answer strictly. Success needs all of it: HTTP 200, a JSON object, `status: success`, no
 * `errorType`, no warnings, not partial. Anything less is a failure with a sentence.
 */
import { answered, failed, type Answer } from './answer.ts';
import { isOutOfTime, type Reply } from './transport.ts';

/** Infos that mean samples were left out of the result. */
const SPOILING_INFO = /ignored|incompatible|NaN/i;

/** The `data` of a sound answer. */
export function openEnvelope(reply: Reply, shown: string): Answer<unknown> {
  if (reply.status >= 300 && reply.status < 400) {
    const where = reply.location === null ? '' : ` to ${originOf(reply.location, shown)}`;
    return failed('redirect', `${shown} redirects${where} (HTTP ${reply.status}): is a login in front of it?`);
  }
  const body = parseJson(reply.body);
  if (!isObject(body)) {
    const start = JSON.stringify(reply.body.trim().slice(0, 60));
    if (reply.status !== 200) return failed('http', `${shown} answered HTTP ${reply.status}: ${start}`);
    return failed(
      'not-json',
      `${shown} answered ${reply.contentType || 'no content type'} that is not a JSON object: ${start}`,
    );
  }
  const { status, errorType, error } = body;
  if (status === 'error' || (errorType !== undefined && errorType !== '')) {
    const message = `${text(errorType)}: ${text(error)}`;
    if (errorType === 'timeout' || isOutOfTime(message))
      return failed('timeout', `Prometheus ran out of time: ${message}`);
    return failed('refused', `Prometheus answered ${message}`);
  }
  if (reply.status !== 200) return failed('http', `${shown} answered HTTP ${reply.status} without an error text`);
  if (status !== 'success') return failed('wrong-shape', `the answer has the status ${text(status)}, not "success"`);
  const warnings = notes(body['warnings']);
  if (warnings.length > 0) return failed('warned', `Prometheus warns: ${warnings.join('; ')}`);
  if (body['isPartial'] === true) return failed('warned', 'the answer says that it is partial (isPartial)');
  const infos = notes(body['infos']);
  const spoiled = infos.find((info) => SPOILING_INFO.test(info));
  if (spoiled !== undefined) return failed('unsound', `Prometheus notes: ${spoiled}`);
  if (!Object.hasOwn(body, 'data')) return failed('wrong-shape', 'the answer has no data');
  return answered(body['data'], infos);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Null and an empty list are no notes; anything else counts, even of a wrong type. */
function notes(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(text) : [text(value)];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

/** Only the origin: the rest of a login page's address may hold tokens. */
function originOf(location: string, shown: string): string {
  return URL.parse(location, shown)?.origin ?? 'an unreadable address';
}
