import type { LiveFigure, ProgressEvent } from '../experiment/progress.ts';
import { describeValue } from '../experiment/live-text.ts';
import type { Screen } from './screen.ts';

/** Plain lines for logs and pipes: one for each event, the figures no more often than every few seconds. */

const EVERY_MS = 5000;

export function linesScreen(write: (text: string) => void, monotonicMs: () => number): Screen {
  let lastMs = -Infinity;
  return {
    show: (event) => {
      if (event.kind === 'tick') {
        if (monotonicMs() - lastMs < EVERY_MS) return;
        lastMs = monotonicMs();
      }
      write(`${lineOf(event)}\n`);
    },
    [Symbol.dispose]: () => {},
  };
}

export function lineOf(event: ProgressEvent): string {
  if (event.kind === 'notice') return event.text;
  if (event.kind === 'tick') return tickText(event.stage, event.leftMs, event.figures, event.injected);
  return event.durationMs === null ? event.stage : `${event.stage} for ${(event.durationMs / 1000).toFixed(1)} s`;
}

/** `fault 0:42  availability 99.97 % (>= 99.5 %)  injected 312` */
export function tickText(
  stage: string,
  leftMs: number,
  figures: readonly LiveFigure[],
  injected: number | null,
): string {
  const parts = figures.map((figure) => {
    const why = figure.value === null && figure.reason !== undefined ? `: ${figure.reason}` : '';
    return `${figure.name} ${describeValue(figure)} (${figure.bound})${why}`;
  });
  if (injected !== null) parts.unshift(`injected ${injected}`);
  return [`${stage} ${countdown(leftMs)}`, ...parts].join('  ');
}

/** Minutes and seconds, rounded up: it shows 0:00 only when the time is over. */
function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
