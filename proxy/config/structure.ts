/**
 * What a YAML text may not hold, whatever its schema: checked on the syntax tree in one walk, before data is made of it.
 * Linear in the size of the text: the library's own check for equal keys is quadratic, and this runs in the process that
 * carries traffic.
 */
import { isAlias, isMap, isPair, isScalar, isSeq, type Alias, type Document, type Pair } from 'yaml';
import { quoted } from './parsed.ts';
import { keyOf, startOf } from './places.ts';

/** A fault in the structure, by its offset in the text. */
export interface Flaw {
  readonly offset: number;
  readonly message: string;
  /** Offset of the other place that it is about. */
  readonly otherOffset?: number;
}

/** Levels of nesting; a configuration has about ten. */
const DEEPEST = 64;
/** Values that aliases may add to a document: enough for shared blocks, too little for an anchor bomb. */
const MOST_ALIASED = 10_000;

export function flawsOf(document: Document): Flaw[] {
  const walk = new Walk(document);
  walk.visit(document.contents, 0);
  return walk.flaws;
}

class Walk {
  readonly flaws: Flaw[] = [];
  private readonly document: Document;
  /** Values below each anchored node, aliases expanded; absent while the node is being walked. */
  private readonly sizes = new Map<unknown, number>();
  private readonly open = new Set<unknown>();
  private aliased = 0;

  constructor(document: Document) {
    this.document = document;
  }

  /** @returns how many values the node stands for, aliases expanded */
  visit(node: unknown, depth: number): number {
    if (depth > DEEPEST) {
      if (depth === DEEPEST + 1) this.flaw(node, `is nested deeper than ${DEEPEST} levels`);
      return 1;
    }
    if (isAlias(node)) return this.alias(node);
    this.open.add(node);
    let size = 1;
    if (isMap(node)) {
      this.keys(node.items);
      for (const pair of node.items) size += this.visit(pair.value, depth + 1);
    } else if (isSeq(node)) {
      for (const item of node.items) size += this.visit(isPair(item) ? item.value : item, depth + 1);
    } else if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value)) {
      this.flaw(node, `${node.source ?? String(node.value)} is not a number that can be used`);
    }
    this.open.delete(node);
    this.sizes.set(node, size);
    return size;
  }

  private alias(alias: Alias): number {
    const target = alias.resolve(this.document);
    if (target === undefined) {
      this.flaw(alias, `no anchor &${alias.source} stands before this alias`);
      return 1;
    }
    if (this.open.has(target)) {
      this.flaw(alias, `alias *${alias.source} stands inside its own anchor`);
      return 1;
    }
    const size = this.sizes.get(target) ?? 1;
    const before = this.aliased;
    this.aliased += size;
    if (before <= MOST_ALIASED && this.aliased > MOST_ALIASED) {
      this.flaw(alias, `aliases add more than ${MOST_ALIASED} values to this document: write them out`);
    }
    return size;
  }

  private keys(pairs: readonly Pair[]): void {
    const seen = new Map<string, number | undefined>();
    for (const pair of pairs) {
      const key = keyOf(pair);
      if (key === '__proto__') this.flaw(pair.key, '"__proto__" cannot be a key');
      const first = seen.get(key);
      if (seen.has(key)) {
        const other = first === undefined ? {} : { otherOffset: first };
        this.flaws.push({ offset: startOf(pair.key) ?? 0, message: `duplicate key ${quoted(key)}`, ...other });
      } else seen.set(key, startOf(pair.key));
    }
  }

  private flaw(node: unknown, message: string): void {
    this.flaws.push({ offset: startOf(node) ?? 0, message });
  }
}
