/** Type, spacing and the blocks of a page. Nothing may be wider than the page: what is, scrolls in a box of its own. */
export const LAYOUT_STYLE: string = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
main, footer { max-width: 1080px; margin: 0 auto; padding: 0 32px; }
h1, h2, h3, p, ul, dl, dd, figure, pre { margin: 0; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: clamp(1.5rem, 1.1rem + 1.9vw, 2.25rem); font-weight: 650; letter-spacing: -0.018em; max-width: 26em; }
h2 { font-size: 1.3rem; font-weight: 650; letter-spacing: -0.01em; }
h3 { font-size: 1rem; font-weight: 600; }
section { margin-top: 64px; }
.mono, code, pre { font-family: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; }
.quiet { color: var(--muted); font-weight: 400; }
.none { color: var(--muted); }
.lead { color: var(--muted); max-width: 46em; margin-top: 8px; }
.small { font-size: .84rem; color: var(--muted); }
b.good { color: var(--good); } b.bad { color: var(--bad); } b.unsure { color: var(--unsure); }
a { color: var(--data); text-underline-offset: 3px; }

.top { padding-top: 40px; }
.brand { display: flex; align-items: center; gap: 8px; font-weight: 600; letter-spacing: .01em; color: var(--muted); margin-bottom: 36px; }
.wordmark path { fill: none; stroke: var(--band-edge); stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.meta { display: flex; flex-wrap: wrap; gap: 2px 20px; margin-top: 14px; color: var(--muted); font-size: .92rem; }
.meta > span { min-width: 0; overflow-wrap: anywhere; }

.verdict { display: flex; gap: 24px; align-items: flex-start; margin-top: 32px; padding: 28px 32px; border-radius: 14px; }
.verdict > div { min-width: 0; }
.verdict.good { background: var(--good-tint); } .verdict.bad { background: var(--bad-tint); } .verdict.unsure { background: var(--unsure-tint); }
.verdict .shape { flex: none; margin-top: 4px; }
.verdict .word { font-size: clamp(1.7rem, 1.4rem + 1.4vw, 2.3rem); font-weight: 700; letter-spacing: -0.02em; line-height: 1.15; }
.verdict.good .word { color: var(--good); } .verdict.bad .word { color: var(--bad); } .verdict.unsure .word { color: var(--unsure); }
.verdict .reason { text-wrap: pretty; margin-top: 6px; font-size: 1.14rem; line-height: 1.45; max-width: 44em; overflow-wrap: anywhere; }
.verdict .meaning { margin-top: 10px; font-size: .9rem; color: var(--muted); }
.shape .body { fill: currentColor; } .shape .cut { fill: none; stroke: var(--surface); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.shape .ring { fill: none; stroke: currentColor; stroke-width: 2.2; } .shape .stroke { fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.shape.good { color: var(--good); } .shape.bad { color: var(--bad); } .shape.unsure { color: var(--unsure); }

.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 20px; margin-top: 32px; }
.verdict.answer { margin-top: 0; padding: 26px 28px; gap: 18px; } .answer h2 { font-size: 1rem; font-weight: 600; } .answer .open { margin-top: 14px; font-weight: 600; }

.alert { margin-top: 16px; padding: 22px 32px; border: 2px solid var(--bad); border-radius: 14px; background: var(--surface); }
.alert h2 { color: var(--bad); } .alert p, .alert ul { margin-top: 8px; } .alert li { overflow-wrap: anywhere; }

.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); margin-top: 20px; border-block: 1px solid var(--hair); }
.facts > div { padding: 16px 20px 16px 0; }
.facts dt { font-size: .84rem; color: var(--muted); }
.facts dd { font-size: 1.06rem; font-weight: 600; overflow-wrap: anywhere; }
.facts .bad dd { color: var(--bad); } .facts .unsure dd { color: var(--unsure); }

.findings, .reasons { padding-left: 1.1em; margin-top: 10px; max-width: 54em; } .findings li + li { margin-top: 6px; } li { overflow-wrap: anywhere; }
.faults { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 16px; margin-top: 16px; }
.card { background: var(--surface); border: 1px solid var(--hair); border-radius: 12px; padding: 20px 22px; min-width: 0; }
.card p { margin-top: 4px; color: var(--muted); } .card b { color: var(--ink); font-weight: 600; }
pre { margin-top: 10px; padding: 12px 14px; border-radius: 8px; background: var(--code); white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; tab-size: 2; line-height: 1.5; }
.queries article { margin-top: 28px; } .queries .reasons { font-size: .92rem; } .queries pre + .small { margin-top: 4px; overflow-wrap: anywhere; }
.faults + .lead { margin-top: 18px; } code { white-space: nowrap; }
section > p + pre { margin-top: 6px; } section > pre + p { margin-top: 16px; } .undo { margin-top: 18px; max-width: 50em; } h2 + p:not(.lead) { margin-top: 10px; }
footer { margin-top: 80px; padding-block: 20px 48px; color: var(--muted); font-size: .84rem; overflow-wrap: anywhere; }
footer::before { content: ""; display: block; border-top: 1px solid var(--hair); margin-bottom: 16px; }
.patterns { position: absolute; }

@media (max-width: 640px) {
  main, footer { padding-inline: 16px; }
  .top { padding-top: 20px; } .brand { margin-bottom: 22px; } section { margin-top: 48px; }
  .verdict { padding: 20px 18px; gap: 14px; margin-top: 22px; } .verdict .shape { width: 38px; height: 38px; margin-top: 2px; }
  .verdict .reason { font-size: 1.03rem; }
  .alert { padding: 18px; }
  .facts { grid-template-columns: 1fr 1fr; } .facts > div { padding: 10px 12px 10px 0; }
}
`;
