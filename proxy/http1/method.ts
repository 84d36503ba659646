import { METHODS } from '../observe/exchange-metrics.ts';
import type { RequestHead } from './request-head.ts';

export const METHOD_HEAD: number = METHODS.indexOf('HEAD');
export const METHOD_CONNECT: number = METHODS.indexOf('CONNECT');

/** First letter and length tell the known methods apart: the whole name is then compared only once. */
const byStart = new Map<number, number>();
for (const [index, method] of METHODS.entries()) {
  if (index > 0) byStart.set(startOf(method.charCodeAt(0), method.charCodeAt(1), method.length), index);
}

function startOf(first: number, second: number, length: number): number {
  return (length << 16) | (first << 8) | second;
}

/** Index in METHODS; 0 for a method that is not among them. Methods are compared with case (RFC 9110, 9.1). */
export function methodIndex(head: RequestHead): number {
  const { bytes, start, methodEnd } = head;
  const index = byStart.get(startOf(bytes[start] as number, bytes[start + 1] as number, methodEnd - start)) ?? 0;
  const name = METHODS[index] as string;
  for (let i = 2; i < name.length && index > 0; i++) if (bytes[start + i] !== name.charCodeAt(i)) return 0;
  return index;
}
