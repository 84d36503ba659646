/** Sizes as people write them (`512B`, `64KiB`, `1MB`) and the schema field that turns them into bytes. */
import * as z from 'zod';
import { parsed, quoted, refused, type Parsed } from './parsed.ts';

const UNIT_BYTES = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  KiB: 2 ** 10,
  MB: 1e6,
  MiB: 2 ** 20,
  GB: 1e9,
  GiB: 2 ** 30,
} as const;

/** `512B`, `64KiB` (1024), `1MB` (1000000) to whole bytes. */
export function parseSize(text: string): Parsed<number> {
  const written = text.trim();
  if (/^\d+(\.\d+)?$/.test(written))
    return refused(`${quoted(text)} has no unit: write ${written}B, ${written}KiB or ${written}MiB`);
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(written);
  if (match === null) return refused(`${quoted(text)} is not a size: write it like 512B, 64KiB or 1MB`);
  const unit = match[2] ?? '';
  if (!isUnit(unit)) {
    return refused(`${quoted(unit)} is not a unit of size: B, kB, MB, GB (1000) or KiB, MiB, GiB (1024)`);
  }
  const bytes = Number(match[1]) * UNIT_BYTES[unit];
  if (Math.abs(bytes - Math.round(bytes)) > 1e-6) return refused(`${quoted(text)} is not a whole number of bytes`);
  if (bytes > Number.MAX_SAFE_INTEGER) return refused(`${quoted(text)} is too large`);
  return parsed(Math.round(bytes));
}

/** Whole bytes in the largest unit of 1024 that needs no fraction; `parseSize` gives the same number back. */
export function formatSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB'] as const) {
    if (bytes >= UNIT_BYTES[unit] && bytes % UNIT_BYTES[unit] === 0) return `${bytes / UNIT_BYTES[unit]}${unit}`;
  }
  return `${bytes}B`;
}

/** A written size that becomes whole bytes. */
export function sizeBytes(): z.ZodType<number, string> {
  const written = z
    .string({ error: ({ input }) => notText(input) })
    .meta({ pattern: '^\\d+(\\.\\d+)? ?(B|kB|KB|KiB|MB|MiB|GB|GiB)$', examples: ['512B', '64KiB', '1MB'] });
  return z.codec(written, z.number(), {
    decode: (text, context) => {
      const size = parseSize(text);
      if (size.ok) return size.value;
      context.issues.push({ code: 'custom', message: size.message, input: text });
      return z.NEVER;
    },
    encode: formatSize,
  });
}

function isUnit(unit: string): unit is keyof typeof UNIT_BYTES {
  return Object.hasOwn(UNIT_BYTES, unit);
}

function notText(input: unknown): string {
  if (typeof input === 'number') return `${input} has no unit: write ${input}B, ${input}KiB or ${input}MiB`;
  return input === undefined ? 'is required: a size like 64KiB' : 'must be a size like 512B, 64KiB or 1MB';
}
