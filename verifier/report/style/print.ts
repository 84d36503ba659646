/** On paper: light colours whatever the screen has, tints kept, nothing cut in two that belongs together. */
export const PRINT_STYLE: string = `
@page { size: A4; margin: 14mm 13mm 16mm; }
@media print {
  :root { color-scheme: light; --paper: #ffffff; }
  body { font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main, footer { max-width: none; padding: 0; }
  .top { padding-top: 0; } .brand { margin-bottom: 14pt; } section { margin-top: 24pt; }
  h2, h3, .lead { break-after: avoid; } .lead { break-inside: avoid; } .answers { grid-template-columns: 1fr 1fr; } p { orphans: 3; widows: 3; } .charts:not(.two) { display: block; } .charts:not(.two) figure + figure { margin-top: 20pt; }
  .facts { grid-template-columns: repeat(4, 1fr); }
  .verdict, .alert, .facts, .card, .levels tbody:not(.group), tr { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  .charts.two { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 18pt; }
  th, td { padding-right: 10pt; } .levels th[scope=row], .levels th[scope=rowgroup] { width: 20%; min-width: 110pt; } .levels .small, .levels .figure { white-space: normal; }
  footer { margin-top: 24pt; padding-block: 0; }
}
`;
