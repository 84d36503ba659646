/** The contract of a load generator: closed loop, each connection sends its next request when it has its answer. */
import type { Children } from '../process/children.ts';
import type { AnswerPath } from '../upstream/answers.ts';

/** What to ask for. */
export interface LoadRequest {
  readonly port: number;
  readonly path: AnswerPath;
  readonly connections: number;
  /** Whole seconds. */
  readonly seconds: number;
  /** `Name: value` */
  readonly headers: readonly string[];
}

/** What came back. */
export interface LoadResult {
  /** Answers received whole. */
  readonly requests: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** What went wrong, one sentence each; empty in a sound run. */
  readonly errors: readonly string[];
}

/** A load generator. */
export interface Load {
  readonly name: string;
  readonly version: string | null;
  /** What to know about its figures, or null. */
  readonly caution: string | null;
  readonly run: (children: Children, core: number | null, request: LoadRequest) => Promise<LoadResult>;
}
