import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
// Under another name, as the formatter would change the space in templates called html.
import { html as markup, trusted, visible } from '../../../verifier/report/markup.ts';

describe('html', () => {
  test('escapes values in content and in attributes', () => {
    expect(markup`<p title="${`"'&`}">${'<b>&amp;'}</p>`.toString()).toBe(
      '<p title="&quot;&#39;&amp;">&lt;b&gt;&amp;amp;</p>',
    );
  });

  test('takes in what another template made, lists and numbers; null, undefined and false leave nothing', () => {
    const items = ['a', '<'].map((text) => markup`<li>${text}</li>`);
    expect(markup`<ul>${items}</ul>${0}${null}${undefined}${false}`.toString()).toBe(
      '<ul><li>a</li><li>&lt;</li></ul>0',
    );
  });

  test('leaves the indentation of the source out, and keeps that of values', () => {
    expect(
      markup`<pre>
      ${'a\n  b'}</pre>`.toString(),
    ).toBe('<pre>\na\n  b</pre>');
  });

  test('an object that only looks like markup is not taken as it is', () => {
    const parsed = JSON.parse('{"text":"<script>"}') as string;
    expect(() => markup`${parsed}`.toString()).toThrow();
    expect(markup`${trusted('<b>')}`.toString()).toBe('<b>');
  });

  test('no text can open a tag, end an attribute or start an entity', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = markup`${text}`.toString();
        expect(shown).not.toMatch(/[<>"']/);
        expect(shown.replaceAll(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
    );
  });
});

describe('visible', () => {
  test.each([
    ['a\u0000b', 'a[U+0000]b'],
    ['\u001b[31m', '[U+001B][31m'],
    ['\u202egnp.exe', '[U+202E]gnp.exe'],
    ['\u2066x\u2069', '[U+2066]x[U+2069]'],
    ['\ud800', '\ufffd'],
    ['a\r\nb\tc', 'a\nb\tc'],
    ['family 👩‍👧', 'family 👩‍👧'],
  ])('%j becomes %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('a text of megabytes is cut and says so', () => {
    const shown = visible('x'.repeat(1_000_000));
    expect(shown.length).toBeLessThan(9_000);
    expect(shown).toContain('992000 more characters in the journal');
  });
});
