/** Reads the `data` of queries strictly: every value, every timestamp, every shape is checked, none is guessed. */
import { answered, failed, type Answer } from './answer.ts';
import { isObject } from './envelope.ts';
import { parseSampleValue, showLabels, type Labels, type Sample, type Series } from './sample.ts';

/** One element of an instant vector, at the evaluation time. */
interface Element {
  readonly labels: Labels;
  readonly value: number;
}

export type InstantResult =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'vector'; readonly elements: readonly Element[] };

/** Prometheus answers in milliseconds; doubles of today's Unix seconds carry microseconds. */
const SAME_TIME_S = 0.0015;

/** An instant query's data, evaluated at `at` (Unix seconds; undefined: whenever Prometheus chose). */
export function readInstant(data: unknown, at: number | undefined): Answer<InstantResult> {
  if (!isObject(data)) return failed('wrong-shape', 'the data of the answer is not an object');
  const { resultType, result } = data;
  if (resultType === 'scalar') {
    const sample = readSample(result);
    if (sample === null) return failed('wrong-shape', `${show(result)} is not a scalar`);
    return checkTime(sample, at) ?? answered({ kind: 'scalar', value: sample.value });
  }
  if (resultType !== 'vector' || !Array.isArray(result)) {
    return failed('wrong-shape', `the answer is a ${show(resultType)}, a vector or a scalar is needed`);
  }
  const elements: Element[] = [];
  for (const item of result as unknown[]) {
    const labels = isObject(item) ? readLabels(item['metric']) : null;
    if (!isObject(item) || labels === null) return failed('wrong-shape', `${show(item)} is not an element of a vector`);
    if (item['histogram'] !== undefined) return nativeHistogram(labels);
    const sample = readSample(item['value']);
    if (sample === null)
      return failed('wrong-shape', `${show(item['value'])} of ${showLabels(labels)} is not a sample`);
    const shifted = checkTime(sample, at);
    if (shifted !== null) return shifted;
    elements.push({ labels, value: sample.value });
  }
  return answered({ kind: 'vector', elements });
}

/** A matrix: raw samples or a range query. All samples must lie in [from, to] and go forward in time. */
export function readMatrix(data: unknown, from: number, to: number): Answer<readonly Series[]> {
  if (!isObject(data)) return failed('wrong-shape', 'the data of the answer is not an object');
  const { resultType, result } = data;
  if (resultType !== 'matrix' || !Array.isArray(result)) {
    return failed('wrong-shape', `the answer is a ${show(resultType)}, a matrix is needed`);
  }
  const all: Series[] = [];
  for (const item of result as unknown[]) {
    const labels = isObject(item) ? readLabels(item['metric']) : null;
    if (!isObject(item) || labels === null) return failed('wrong-shape', `${show(item)} is not a series`);
    const { values, histograms } = item;
    if (Array.isArray(histograms) ? histograms.length > 0 : histograms !== undefined) return nativeHistogram(labels);
    if (!Array.isArray(values)) return failed('wrong-shape', `${showLabels(labels)} has no values`);
    const samples: Sample[] = [];
    for (const value of values as unknown[]) {
      const sample = readSample(value);
      if (sample === null) return failed('wrong-shape', `${show(value)} of ${showLabels(labels)} is not a sample`);
      if (sample.at < from - SAME_TIME_S || sample.at > to + SAME_TIME_S) {
        return failed('wrong-shape', `${showLabels(labels)} has a sample at ${sample.at}, which was not asked for`);
      }
      if (sample.at <= (samples.at(-1)?.at ?? -Infinity)) {
        return failed('wrong-shape', `the samples of ${showLabels(labels)} are not in the order of time`);
      }
      samples.push(sample);
    }
    all.push({ labels, samples });
  }
  return answered(all);
}

/** A list of label sets. */
export function readLabelSets(data: unknown): Answer<readonly Labels[]> {
  if (!Array.isArray(data)) return failed('wrong-shape', 'the data of the answer is not a list');
  const sets = data.map(readLabels);
  const sound = sets.filter((set) => set !== null);
  return sound.length === sets.length
    ? answered(sound)
    : failed('wrong-shape', 'a label set is not an object of texts');
}

export function readLabels(value: unknown): Labels | null {
  if (!isObject(value)) return null;
  return Object.values(value).every((label) => typeof label === 'string') ? (value as Labels) : null;
}

function readSample(pair: unknown): Sample | null {
  if (!Array.isArray(pair) || pair.length !== 2) return null;
  const [at, text] = pair as [unknown, unknown];
  const value = parseSampleValue(text);
  if (typeof at !== 'number' || !Number.isFinite(at) || value === null) return null;
  return { at, value };
}

function checkTime(
  sample: Sample,
  at: number | undefined,
): { readonly ok: false; readonly failure: { readonly code: 'wrong-shape'; readonly message: string } } | null {
  if (at === undefined || Math.abs(sample.at - at) <= SAME_TIME_S) return null;
  const message = `the answer is for the time ${sample.at}, asked was ${at}`;
  return { ok: false, failure: { code: 'wrong-shape', message } };
}

function nativeHistogram(labels: Labels): Answer<never> {
  return failed('wrong-shape', `${showLabels(labels)} is a native histogram: only floats and classic buckets are read`);
}

function show(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= 60 ? json : `${json.slice(0, 57)}...`;
}
