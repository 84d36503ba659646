import type { Report } from '../model.ts';

/** One run on a page that compares several. */
export interface Run {
  readonly title: string;
  /** Relative address of its own report. */
  readonly href: string;
  readonly report: Report;
  /** Unix seconds that stand for 0 where runs are laid over each other: the start of the fault. */
  readonly origin: number;
}
