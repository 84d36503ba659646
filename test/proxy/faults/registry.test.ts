/** What every fault owes, whichever it is: a new one is held to this by standing in the registry. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { faultsPage } from '../../../deploy/document-faults.ts';
import { faultByName, faults } from '../../../proxy/faults/registry.ts';

interface Described {
  readonly description?: string;
  readonly anyOf?: readonly Described[];
  readonly properties?: Readonly<Record<string, Described>>;
}

describe('the registry', () => {
  it('finds each fault by its name and nothing else', () => {
    for (const fault of faults) expect(faultByName(fault.name)).toBe(fault);
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
    expect(faultByName('toString')).toBeUndefined();
  });

  it('is what docs/faults.md says: renew it by `npx node deploy/document-faults.ts`', async () => {
    const page = await readFile(new URL('../../../docs/faults.md', import.meta.url), 'utf8');
    expect(page).toBe(await faultsPage());
  });
});

describe.each(faults.map((fault) => [fault.name, fault] as const))('%s', (name, fault) => {
  const examples = (fault.params.meta()?.['examples'] ?? []) as unknown[];

  it('has a name that can be a label value, a header value and a heading', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('acts somewhere', () => {
    expect(fault.applies.exchange || fault.applies.bytes).toBe(true);
    expect(fault.applies.phases.length).toBeGreaterThan(0);
  });

  it('describes itself and every parameter', () => {
    const schema = z.toJSONSchema(fault.params, { io: 'input' }) as Described;
    expect(schema.description).toMatch(/\.$/);
    const forms = schema.anyOf ?? [schema];
    const missing = forms
      .flatMap(({ properties, description }) => Object.entries(properties ?? { 'short form': { description } }))
      .filter(([, property]) => !property.description)
      .map(([property]) => property);
    expect(missing).toEqual([]);
  });

  it('has examples that are valid, do something and say what is seen of it', () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const params = fault.params.parse(example);
      expect(fault.compile(params).length).toBeGreaterThan(0);
      expect(fault.predict(params).seen).toMatch(/\w{3}/);
    }
  });

  it('refuses unknown parameters', () => {
    const result = fault.params.safeParse({ unknownParameter: 1 });
    expect(result.error?.issues).toEqual([expect.objectContaining({ code: 'unrecognized_keys' })]);
  });

  it('compiles a text to equal effects each time', () => {
    for (const example of examples) {
      const outcomes = [1, 2].map(() =>
        fault
          .compile(fault.params.parse(example))
          .map((effect) => (effect.kind === 'hold' ? effect.delayMs(0.3) : effect)),
      );
      expect(outcomes[0]).toEqual(outcomes[1]);
    }
  });
});
