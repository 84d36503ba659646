/** Tables: hairlines, no boxes. On a phone a row becomes a block whose cells carry the names of their columns. */
export const TABLE_STYLE: string = `
.scroll { overflow-x: auto; margin-top: 18px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 12px 20px 12px 0; font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: .84rem; color: var(--muted); padding-block: 6px; border-bottom: 1px solid var(--axis); overflow-wrap: break-word; vertical-align: bottom; }
thead th.fault { color: var(--band-ink); font-weight: 600; }
tbody tr + tr > *, tbody + tbody > tr:first-child > * { border-top: 1px solid var(--hair); }
.num { text-align: right; }
.name { display: block; font-weight: 600; overflow-wrap: anywhere; }
.bound-text { display: block; font-size: .84rem; color: var(--muted); overflow-wrap: anywhere; }
.levels th[scope=row], .levels th[scope=rowgroup] { width: 26%; min-width: 170px; padding-block: 16px; } .levels thead th { min-width: 100px; } .levels td { padding-block: 16px; }
.levels .figure { font-size: 1.12rem; font-weight: 550; line-height: 1.3; white-space: nowrap; }
.levels .small { white-space: nowrap; } .levels .range { display: block; margin: 6px 0 3px; }
tbody.group > tr + tr > * { border-top-color: transparent; padding-top: 0 !important; }
p + .figure { margin-top: 10px; } .levels th.phase-name { width: 9%; min-width: 84px; overflow-wrap: anywhere; } .phase-name.fault { color: var(--band-ink); font-weight: 600; }
.mark-word { font-weight: 600; } .mark-word.good { color: var(--good); } .mark-word.bad { color: var(--bad); } .mark-word.unsure { color: var(--unsure); }
.mark-word .shape { vertical-align: -1.5px; margin-right: 1px; }
.levels .why > td, .levels .why { border-top: 0 !important; }
.levels .why > td { padding-top: 0; font-size: .92rem; }
.levels .why p { max-width: 62em; padding-left: 12px; border-left: 2px solid var(--axis); overflow-wrap: anywhere; } .levels .why p + p { padding-top: 4px; }
.ledger td:first-child { min-width: 180px; max-width: 300px; } .ledger td:last-child { min-width: 190px; max-width: 300px; } .nowrap { white-space: nowrap; } .ledger .range { display: block; margin-top: 4px; }
.range .track { stroke: var(--axis); stroke-width: 1.5; } .range .track.wrong { stroke-dasharray: 1.5 3.5; } .range .post { stroke: var(--ink); stroke-width: 2; }
.range.good { fill: var(--good); } .range.bad { fill: var(--bad); } .range.unsure { fill: var(--unsure); }
@media (max-width: 640px) {
  .levels, .levels tbody, .levels tr, .levels th, .levels td, .stack, .stack tbody, .stack tr, .stack th, .stack td { display: block; width: auto; }
  .levels thead, .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .levels th[scope=row], .levels th[scope=rowgroup] { width: auto; padding: 16px 0 4px; font-size: 1.06rem; }
  .levels td[data-label] { display: grid; grid-template-columns: 76px minmax(0, 1fr); padding: 8px 0; border-top: 0 !important; }
  .levels td[data-label]::before { content: attr(data-label); grid-row: span 3; font-size: .84rem; color: var(--muted); padding-top: 3px; overflow-wrap: anywhere; }
  .levels td[data-label] > * { grid-column: 2; }
  .levels th.phase-name { width: auto; padding: 12px 0 0; color: var(--muted); font-weight: 600; } .levels th.phase-name.fault { color: var(--band-ink); } tbody.group > tr + tr > th { padding-top: 12px !important; }
  .group td[data-label] { grid-template-columns: minmax(0, 1fr); padding: 4px 0 8px; } .group td[data-label]::before { padding: 0; } .group td[data-label] > * { grid-column: 1; } .group > tr:first-child > .phase-name { border: 0; padding-top: 4px; }
  .levels .why > td { padding: 8px 0 16px; }
  .levels .figure, .levels .small { white-space: normal; }
  .stack tr { padding: 12px 0; } .stack th, .stack td { border: 0 !important; padding: 2px 0; max-width: none !important; }
  .stack td[data-label] { display: grid; grid-template-columns: 116px minmax(0, 1fr); text-align: left; }
  .stack td[data-label] > * { grid-column: 2; }
  .stack td[data-label]::before { content: attr(data-label); font-size: .84rem; color: var(--muted); grid-row: 1 / span 3; padding-top: 2px; }
  .stack th[scope=row] { font-weight: 600; }
  .stack tr + tr { border-top: 1px solid var(--hair); }
}
`;
