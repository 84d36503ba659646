import type { ProgressEvent } from '../experiment/progress.ts';

/** Where a run shows itself while it runs. */
export interface Screen extends Disposable {
  show(event: ProgressEvent): void;
}

/** Shows nothing but what people must know now. */
export function noticesScreen(write: (text: string) => void): Screen {
  return {
    show: (event) => {
      if (event.kind === 'notice') write(`${event.text}\n`);
    },
    [Symbol.dispose]: () => {},
  };
}
