import { describe, expect, it } from 'vitest';
import { linesScreen } from '../../../verifier/cli/screen-lines.ts';
import { terminalScreen } from '../../../verifier/cli/screen-terminal.ts';
import type { ProgressEvent } from '../../../verifier/experiment/progress.ts';

const figure = (name: string, value: number | null) => ({ name, kind: 'ratio', bound: '>= 99.5%', value });
const tick = (names: readonly string[]): ProgressEvent => ({
  kind: 'tick',
  stage: 'fault',
  leftMs: 41_200,
  figures: names.map((name) => figure(name, 0.99999)),
  injected: 312,
});

describe('the status line of a terminal', () => {
  const draw = (events: readonly ProgressEvent[], columns: number): string => {
    let text = '';
    const screen = terminalScreen(
      (more) => (text += more),
      { columns },
      () => 0,
    );
    for (const event of events) screen.show(event);
    screen[Symbol.dispose]();
    return text;
  };
  const lastLine = (text: string): string => text.split('\r\u001B[2K').at(-2) ?? '';

  it('shows phase, countdown, figures against their bounds and what was injected', () => {
    expect(lastLine(draw([tick(['availability'])], 80))).toBe(
      'fault 0:42  injected 312  availability 99.99 % (>= 99.5%)',
    );
  });

  it('never wraps, and shows that something is cut off', () => {
    for (const columns of [80, 40, 20]) {
      const line = lastLine(draw([tick(['availability', 'another one that is long', 'a third'])], columns));
      expect(line.length).toBeLessThan(columns);
      expect(line).toMatch(/…$/);
    }
  });

  it('lets nothing that comes from outside move the cursor', () => {
    expect(lastLine(draw([tick(['\u001B[2J\nx'])], 80))).not.toMatch(/\p{Cc}/u);
  });

  it('keeps notices, and clears its line at the end', () => {
    const text = draw([tick(['a']), { kind: 'notice', text: 'The guard tripped' }], 80);
    expect(text).toContain('The guard tripped\n');
    expect(text.endsWith('\r\u001B[2K')).toBe(true);
  });
});

describe('plain lines', () => {
  it('say each event once and figures only every few seconds', () => {
    const lines: string[] = [];
    let nowMs = 0;
    using screen = linesScreen(
      (line) => lines.push(line),
      () => nowMs,
    );
    screen.show({ kind: 'stage', stage: 'fault', durationMs: 60_000 });
    for (; nowMs < 12_000; nowMs += 1000) screen.show(tick(['a']));
    screen.show({ kind: 'notice', text: 'The guard tripped' });
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('fault for 60.0 s\n');
    expect(lines.at(-1)).toBe('The guard tripped\n');
  });
});
