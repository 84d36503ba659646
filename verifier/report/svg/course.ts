/**
 * The course of a figure as geometry: pure functions from points to stretches, gaps and excursions beyond a threshold.
 */

/** Unix seconds and the value; null where there was no sound one. */
export type Point = readonly [at: number, value: number | null];
/** A point that has a value. */
export type Sound = readonly [at: number, value: number];

export interface Threshold {
  readonly value: number;
  /** On which side of the value it must lie. */
  readonly direction: 'above' | 'below';
}

/** A stretch of time, Unix seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Whether a value lies beyond the threshold, on the wrong side. A value on the threshold itself holds. */
export function isBeyond(value: number, threshold: Threshold): boolean {
  return threshold.direction === 'above' ? value < threshold.value : value > threshold.value;
}

/** A course cut into stretches without a gap, and the gaps. */
export interface Course {
  readonly runs: readonly (readonly Sound[])[];
  readonly gaps: readonly Span[];
}

/**
 * Cuts a course at its gaps. A gap is where a point has no value, and where points are missing altogether: a step of
 * more than 2.5 times the usual one (the median) is not bridged by a line, since nobody knows what happened there.
 */
export function splitAtGaps(points: readonly Point[]): Course {
  const bridge = 2.5 * medianStep(points);
  const runs: Sound[][] = [];
  const gaps: Span[] = [];
  let run: Sound[] = [];
  let edge = points[0]?.[0] ?? 0;
  for (const [at, value] of points) {
    if (value === null) {
      run = [];
      continue;
    }
    if (run.length === 0 || at - edge > bridge) {
      if (at > edge) gaps.push({ from: edge, to: at });
      run = [];
      runs.push(run);
    }
    run.push([at, value]);
    edge = at;
  }
  const end = points.at(-1)?.[0] ?? edge;
  if (end > edge) gaps.push({ from: edge, to: end });
  return { runs, gaps };
}

/** The parts of a run beyond the threshold, each from crossing to crossing (interpolated), ends included. */
export function beyond(run: readonly Sound[], threshold: Threshold): Sound[][] {
  const parts: Sound[][] = [];
  let part: Sound[] | null = null;
  let previous: Sound | null = null;
  for (const point of run) {
    const out = isBeyond(point[1], threshold);
    if (out && part === null) {
      part = previous === null ? [] : [crossing(previous, point, threshold.value)];
      parts.push(part);
    }
    if (out) part?.push(point);
    if (!out && part !== null && previous !== null) {
      part.push(crossing(previous, point, threshold.value));
      part = null;
    }
    previous = point;
  }
  return parts;
}

/** How often, how long and how far a course went beyond its threshold. */
export interface Excursion {
  /** Unix seconds of the first value beyond. */
  readonly first: number;
  readonly worst: Sound;
  /** Seconds beyond, between interpolated crossings. */
  readonly seconds: number;
  /** First sound value after the last one beyond; null when the course ends beyond. */
  readonly back: number | null;
}

/** Null when no value lies beyond. */
export function excursionOf({ runs }: Course, threshold: Threshold): Excursion | null {
  const sound = runs.flat();
  const out = sound.filter(([, value]) => isBeyond(value, threshold));
  const first = out[0];
  const last = out.at(-1);
  if (first === undefined || last === undefined) return null;
  const sign = threshold.direction === 'above' ? 1 : -1;
  const worst = out.reduce((far, point) => (sign * point[1] < sign * far[1] ? point : far), first);
  let seconds = 0;
  for (const part of runs.flatMap((run) => beyond(run, threshold))) {
    seconds += (part.at(-1)?.[0] ?? 0) - (part[0]?.[0] ?? 0);
  }
  const back = sound.find(([at]) => at > last[0])?.[0] ?? null;
  return { first: first[0], worst, seconds, back };
}

/**
 * The same course with at most about `most` points and the same look: of each stretch the first, least, greatest and
 * last value stay, so that no peak is lost; gaps stay as they are.
 */
export function thinOut(course: Course, most: number): Course {
  const total = course.runs.reduce((sum, run) => sum + run.length, 0);
  if (total <= most) return course;
  const perBucket = Math.ceil((4 * total) / most);
  return { ...course, runs: course.runs.map((run) => thinRun(run, perBucket)) };
}

function thinRun(run: readonly Sound[], perBucket: number): Sound[] {
  const kept: Sound[] = [];
  for (let start = 0; start < run.length; start += perBucket) {
    const bucket = run.slice(start, start + perBucket);
    const least = bucket.reduce((a, b) => (b[1] < a[1] ? b : a));
    const greatest = bucket.reduce((a, b) => (b[1] > a[1] ? b : a));
    const keep = new Set([bucket[0], least, greatest, bucket.at(-1)]);
    kept.push(...bucket.filter((point) => keep.has(point)));
  }
  return kept;
}

function crossing(a: Sound, b: Sound, level: number): Sound {
  const share = b[1] === a[1] ? 0 : (level - a[1]) / (b[1] - a[1]);
  return [a[0] + (b[0] - a[0]) * Math.min(1, Math.max(0, share)), level];
}

function medianStep(points: readonly Point[]): number {
  const steps: number[] = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (before !== undefined && point[0] > before[0]) steps.push(point[0] - before[0]);
  }
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? Infinity;
}
