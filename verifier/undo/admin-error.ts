/** What can go wrong with a sidecar's admin API. */
export type AdminErrorCode =
  /** No connection, or no answer in time: whether the request was carried out is not known. */
  | 'unreachable'
  /** The sidecar said no. */
  | 'refused'
  /** Whoever answered is no sidecar, or one of another version. */
  | 'unexpected-answer';

export class AdminError extends Error {
  readonly code: AdminErrorCode;
  /** HTTP status, where there was one. */
  readonly status: number | null;
  /** The sidecar's own code of its refusal. */
  readonly refusal: string | null;

  constructor(
    code: AdminErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly status?: number; readonly refusal?: string } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AdminError';
    this.code = code;
    this.status = options.status ?? null;
    this.refusal = options.refusal ?? null;
  }
}
