import type { LiveFigure } from '../experiment/progress.ts';
import type { Stage } from '../experiment/progress.ts';
import { linesOf, stageText, tickParts } from './screen-lines.ts';
import type { Screen } from './screen.ts';
import { columnsOf, fit, printable } from './wrap.ts';

/** One line at the bottom of a terminal that is always now; notices scroll away above it. */

const REDRAW_MS = 500;
/** ECMA-48: to the first column, erase the line. */
const ERASE = '\r\u001B[2K';

interface Now {
  readonly stage: Stage;
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
    const width = terminal.columns - 1;
    const lines =
      endsAtMs === null
        ? [`${stageText(stage)} ...`]
        : (['full', 'figures'] as const).map((detail) =>
            tickParts(stage, Math.max(0, endsAtMs - monotonicMs()), figures, injected, detail).join('  '),
          );
    // Bounds and reasons are left out before a figure is.
    const text = lines.map(printable).find((line) => columnsOf(line) <= width) ?? printable(lines.at(-1) ?? '');
    write(`${ERASE}${fit(text, width)}`);
  };
  const timer = setInterval(draw, REDRAW_MS).unref();
  return {
    show: (event) => {
      switch (event.kind) {
        case 'notice':
          write(`${ERASE}${linesOf(event, terminal.columns).join('\n')}\n`);
          break;
        case 'armed':
          return;
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
