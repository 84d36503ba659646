import type { LiveFigure } from '../experiment/progress.ts';
import { lineOf, tickText } from './screen-lines.ts';
import type { Screen } from './screen.ts';

/** One line at the bottom of a terminal that is always now; notices scroll away above it. */

const REDRAW_MS = 500;
/** ECMA-48: to the first column, erase the line. */
const ERASE = '\r\u001B[2K';

interface Now {
  readonly stage: string;
  /** Monotonic milliseconds; null: no countdown. */
  readonly endsAtMs: number | null;
  readonly figures: readonly LiveFigure[];
  readonly injected: number | null;
}

export function terminalScreen(
  write: (text: string) => void,
  terminal: { readonly columns: number },
  monotonicMs: () => number,
): Screen {
  let now: Now | null = null;
  const draw = (): void => {
    if (now === null) return;
    const { stage, endsAtMs, figures, injected } = now;
    const text =
      endsAtMs === null ? `${stage} ...` : tickText(stage, Math.max(0, endsAtMs - monotonicMs()), figures, injected);
    write(`${ERASE}${fit(text, terminal.columns - 1)}`);
  };
  const timer = setInterval(draw, REDRAW_MS).unref();
  return {
    show: (event) => {
      switch (event.kind) {
        case 'notice':
          write(`${ERASE}${lineOf(event)}\n`);
          break;
        case 'stage': {
          const { stage, durationMs } = event;
          const endsAtMs = durationMs === null ? null : monotonicMs() + durationMs;
          now = { stage, endsAtMs, figures: [], injected: null };
          break;
        }
        case 'tick':
          now = { ...event, endsAtMs: monotonicMs() + event.leftMs };
          break;
      }
      draw();
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      if (now !== null) write(ERASE);
    },
  };
}

/** Cut to the width; what is cut off is shown to be. Control characters cannot move the cursor. */
function fit(text: string, columns: number): string {
  const clean = text.replaceAll(/\p{Cc}/gu, ' ');
  return clean.length <= columns ? clean : `${clean.slice(0, Math.max(0, columns - 1))}…`;
}
