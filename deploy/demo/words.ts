// Everything the demo says, at most 80 columns wide.
import { join, relative } from 'node:path';
import { EXPERIMENT_FILE } from './experiment.ts';
import type { Version } from './topology.ts';

/** What each version must come to. */
const EXPECTED = { careless: 'deviated', careful: 'pass' } as const satisfies Record<Version, string>;

/** What one run came to. */
export interface Finding {
  readonly version: Version;
  readonly verdict: string;
  /** One sentence. */
  readonly reason: string;
}

/** Where things are while the demo runs. */
export interface Addresses {
  readonly prometheus: string;
  readonly shops: Readonly<Record<Version, string>>;
  /** Admin address of the sidecar of ratings. */
  readonly ratingsAdmin: string;
}

/** What is going to happen. */
export function introduction(): string {
  return `Sidequake demo: do product pages survive slow and failing ratings?

A small shop runs on this machine, each service behind a Sidequake sidecar:
  frontend -> reviews -> ratings -> store
One experiment is asked of two versions of it, about a minute each:
  careless   no timeout, no retry, no fallback; it should deviate
  careful    all three of them; it should pass
For 15 s a quarter of the calls to ratings waits 2 s and a seventh gets a 503.
A real Prometheus gives the figures. Ctrl-C ends everything at any moment.
`;
}

/** What was found, where the reports are, and what to type next. */
export function conclusion(findings: readonly Finding[], outDir: string, keeps: boolean): string {
  const place = (file: string): string => shortest(join(outDir, file));
  const found = findings.map(({ version, verdict, reason }) =>
    wrap(`  ${version.padEnd(10)} `, `${verdict}: ${reason}`),
  );
  const next = keeps
    ? []
    : [
        'Go on:',
        '  npm run demo -- --keep     the shop stays up, to break it by hand',
        `  ${shortest(EXPERIMENT_FILE)}`,
        '                             the question: change it and ask again',
        '',
      ];
  return [
    '',
    'Found:',
    ...found,
    '',
    'Reports (open them in a browser, they need no network):',
    `  ${place('index.html').padEnd(23)}  both side by side`,
    `  ${place('careless.html')}`,
    `  ${place('careful.html')}`,
    '',
    ...next,
  ].join('\n');
}

/** What to do with a demo that stays up. */
export function playground({ prometheus, shops, ratingsAdmin }: Addresses): string {
  return `Everything stays up, with some traffic, until Ctrl-C:
  careless shop   ${shops.careless}/products/1
  careful shop    ${shops.careful}/products/1
  Prometheus      ${prometheus}

Let half of the calls to ratings fail, for a minute:
  curl -X PUT ${ratingsAdmin}/rules/mine -d \\
    '{"share":"50%","ttl":"60s","faults":[{"abort":{"status":503}}]}'
See what the users of both shops get:
  curl -i ${shops.careless}/products/1
  curl -i ${shops.careful}/products/1
What the sidecar did, and an end to it:
  curl ${ratingsAdmin}/ledger
  curl -X DELETE ${ratingsAdmin}/rules/mine
In Prometheus, the share of broken pages:
  sum by (version) (rate(shop_requests_total{app="frontend",code="500"}[15s]))
    / sum by (version) (rate(shop_requests_total{app="frontend"}[15s]))
`;
}

/** The runs whose verdict was not the expected one, as sentences. */
export function surprises(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ version, verdict }) => verdict !== EXPECTED[version])
    .map(({ version, verdict }) => `The ${version} version should come to "${EXPECTED[version]}", not "${verdict}".`);
}

/** `text` in lines of at most 80 columns, the first one behind `label`, the others below it. */
export function wrap(label: string, text: string): string {
  const lines: string[] = [];
  let line = label;
  for (const word of text.split(/\s+/)) {
    const blank = line.trim() === '' || line === label;
    if (!blank && line.length + 1 + word.length > 80) {
      lines.push(line);
      line = ' '.repeat(label.length) + word;
    } else {
      line += blank ? word : ` ${word}`;
    }
  }
  return [...lines, line].join('\n');
}

/** As one would type it here: relative, unless that leads out of this folder. */
function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
