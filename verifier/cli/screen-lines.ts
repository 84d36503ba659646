import type { LiveFigure, ProgressEvent, Stage } from '../experiment/progress.ts';
import { describeValue } from '../experiment/live-text.ts';
import type { Screen } from './screen.ts';
import { COLUMNS, printable, wrap, wrapParts } from './wrap.ts';

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
      for (const line of linesOf(event, COLUMNS)) write(`${line}\n`);
    },
    [Symbol.dispose]: () => {},
  };
}

/** Shows nothing but what people must know now. */
export function noticesScreen(write: (text: string) => void): Screen {
  return {
    show: (event) => {
      if (event.kind !== 'notice') return;
      for (const line of linesOf(event, COLUMNS)) write(`${line}\n`);
    },
    [Symbol.dispose]: () => {},
  };
}

/** What each stage does, for people. */
const WORDS: Record<Stage, string> = {
  preflight: 'asking Prometheus and the sidecars',
  'lead-in': 'load begins',
  baseline: 'baseline',
  'checking the baseline': 'checking the baseline',
  arming: 'arming the faults',
  fault: 'fault',
  undo: 'taking the faults back',
  settling: 'settling',
  recovery: 'recovery',
  judging: 'judging',
  'looking back': 'collecting the evidence',
};

export function stageText(stage: Stage): string {
  return WORDS[stage];
}

/** An event in lines of at most `columns`; none where there is nothing to see. */
export function linesOf(event: ProgressEvent, columns: number): readonly string[] {
  switch (event.kind) {
    case 'notice':
      return wrap(printable(event.text), columns - 2).map((line, index) => (index === 0 ? line : `  ${line}`));
    case 'tick':
      return wrapParts(tickParts(event.stage, event.leftMs, event.figures, event.injected).map(printable), columns);
    case 'stage': {
      const { stage, durationMs } = event;
      return [durationMs === null ? stageText(stage) : `${stageText(stage)} for ${(durationMs / 1000).toFixed(1)} s`];
    }
    case 'armed':
      return [];
  }
}

/** `detail`: whether bounds and reasons are told. `fault 0:42`, `injected 312`, `availability 99.97 % (>= 99.5 %)` */
export function tickParts(
  stage: Stage,
  leftMs: number,
  figures: readonly LiveFigure[],
  injected: number | null,
  detail: 'full' | 'figures' = 'full',
): readonly string[] {
  const parts = figures.map((figure) => {
    const value = `${figure.name} ${describeValue(figure)}`;
    if (detail === 'figures') return value;
    const why = figure.value === null && figure.reason !== undefined ? `: ${figure.reason}` : '';
    return `${value} (${figure.bound})${why}`;
  });
  if (injected !== null) parts.unshift(`injected ${injected}`);
  return [`${stageText(stage)} ${countdown(leftMs)}`, ...parts];
}

/** Minutes and seconds, rounded up: it shows 0:00 only when the time is over. */
function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
