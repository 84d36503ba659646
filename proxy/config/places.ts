/** Where in a YAML text a value stands: the way from a path in the data to line and column. */
import { isAlias, isMap, isPair, isScalar, isSeq, type Document, type LineCounter, type Node, type Pair } from 'yaml';

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** What of a pair is meant: its key (an unknown key, a missing value) or its value. */
export type Part = 'key' | 'value';

/** Finds places in one parsed document. */
export class Places {
  private readonly document: Document;
  private readonly lines: LineCounter;
  /** The pairs of a map by key, made at the first question: a map can have many keys and as many problems. */
  private readonly pairs = new WeakMap<Node, ReadonlyMap<string, Pair>>();

  constructor(document: Document, lines: LineCounter) {
    this.document = document;
    this.lines = lines;
  }

  /** From an offset in the text. */
  at(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /**
   * The place of a value, or of its key; of the nearest thing around it that does exist where the path leads to
   * nothing, as for a key that is missing.
   */
  of(path: readonly PropertyKey[], part: Part): Place {
    let node: unknown = this.document.contents;
    let offset = startOf(node) ?? 0;
    for (const [index, step] of path.entries()) {
      const found = this.childOf(node, step);
      if (found === undefined) return this.at(offset);
      const last = index === path.length - 1;
      const valueAt = startOf(found.value);
      const wantsKey = (last && part === 'key') || isMissing(found.value);
      offset = (wantsKey ? found.keyAt : undefined) ?? valueAt ?? found.keyAt ?? offset;
      // What is missing inside a map is shown at the map's key: its first entry is another key.
      if (!last && isMap(found.value) && this.childOf(found.value, path[index + 1] ?? '') === undefined) {
        offset = found.keyAt ?? offset;
      }
      node = found.value;
    }
    return this.at(offset);
  }

  private childOf(node: unknown, step: PropertyKey): Child | undefined {
    const parent = isAlias(node) ? node.resolve(this.document) : node;
    if (isSeq(parent)) {
      const item = parent.items[Number(step)];
      if (item === undefined) return undefined;
      return isPair(item) ? { keyAt: startOf(item.key), value: item.value } : { keyAt: undefined, value: item };
    }
    if (!isMap(parent)) return undefined;
    let pairs = this.pairs.get(parent);
    if (pairs === undefined) {
      pairs = new Map(parent.items.map((item: Pair) => [keyOf(item), item]));
      this.pairs.set(parent, pairs);
    }
    const pair = pairs.get(String(step));
    return pair && { keyAt: startOf(pair.key), value: pair.value };
  }
}

interface Child {
  readonly keyAt: number | undefined;
  readonly value: unknown;
}

/** The key of a pair as the data has it. */
export function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** First character of a node, behind its anchor and tag. */
export function startOf(node: unknown): number | undefined {
  return (node as Partial<Node> | null | undefined)?.range?.[0];
}

/** A key with nothing behind it. */
function isMissing(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null && (value.source ?? '') === '');
}
