import type { ProgressEvent } from '../experiment/progress.ts';

/** Where a run shows itself while it runs. */
export interface Screen extends Disposable {
  show(event: ProgressEvent): void;
}
