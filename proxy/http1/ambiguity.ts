/**
 * Why a connection cannot be read as HTTP/1.1 any further. Scanners return these as negative numbers, so that the clean
 * path returns a position without an object. The names are label values: a closed list.
 */

/** The head goes on behind the bytes there are. */
export const INCOMPLETE = 0;

const REASONS = [
  'not-http',
  'request-line',
  'status-line',
  'header-name',
  'header-fold',
  'bare-line-end',
  'control-character',
  'content-length',
  'transfer-encoding',
  'length-and-encoding',
  'chunk',
  'head-too-large',
  'unsolicited-response',
] as const;

export type AmbiguityReason = (typeof REASONS)[number];

export const NOT_HTTP = -1;
export const BAD_REQUEST_LINE = -2;
export const BAD_STATUS_LINE = -3;
export const BAD_HEADER_NAME = -4;
export const HEADER_FOLD = -5;
export const BARE_LINE_END = -6;
export const CONTROL_CHARACTER = -7;
export const BAD_CONTENT_LENGTH = -8;
export const BAD_TRANSFER_ENCODING = -9;
export const LENGTH_AND_ENCODING = -10;
export const BAD_CHUNK = -11;
export const HEAD_TOO_LARGE = -12;
export const UNSOLICITED_RESPONSE = -13;

/** The reason that a negative scanner result stands for. */
export function reasonOf(code: number): AmbiguityReason {
  const reason = REASONS[-code - 1];
  if (reason === undefined) throw new RangeError(`no ambiguity has the number ${code}`);
  return reason;
}
