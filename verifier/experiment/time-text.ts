/** Unix milliseconds as the journal writes times: RFC 3339, UTC, milliseconds. */
export function timeText(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}
