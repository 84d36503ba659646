/** Timelines. Strokes and type keep their size at any width; a narrow picture drops every other tick. */
export const CHART_STYLE: string = `
.charts { display: grid; gap: 44px 40px; margin-top: 24px; grid-template-columns: minmax(0, 1fr); }
.charts.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); }
h3.multiple { margin-top: 32px; } .multiple + .charts { margin-top: 12px; } .multiple + .charts h3 { font-weight: 400; font-size: .92rem; color: var(--muted); }
figure { container-type: inline-size; min-width: 0; break-inside: avoid; }
figcaption { margin-top: 2px; font-size: .88rem; color: var(--muted); max-width: 62em; overflow-wrap: anywhere; }
.plot { padding: 8px 4px 0 66px; }
.timeline { display: block; overflow: visible; font-size: 12px; }
.timeline text { fill: var(--muted); }
.timeline .band { fill: transparent; } .timeline .band.fault { fill: var(--band); }
.timeline .edge { stroke: var(--axis); stroke-width: 1; } .timeline .edge.fault { stroke: var(--band-edge); stroke-width: 2; }
.timeline .phase { text-anchor: middle; } .timeline .phase.fault { fill: var(--band-ink); font-weight: 600; }
.timeline .grid { stroke: var(--grid); stroke-width: 1; mix-blend-mode: normal; }
.timeline .tick.y { text-anchor: end; } .timeline .tick.x { text-anchor: middle; } .timeline .tick.x.end { text-anchor: end; } .timeline .tick.x.start { text-anchor: start; }
.timeline .course, .timeline .dot { fill: none; stroke: var(--data); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.timeline .dot { stroke-width: 5; }
.timeline .course.breach { stroke: var(--bad); stroke-width: 3.5; }
.timeline .breach-area { fill: var(--bad-area); }
.timeline .mark { fill: var(--bad); stroke: var(--paper); stroke-width: 1; }
.timeline .bound { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 2 4; stroke-linecap: round; }
.timeline .bound-label, .timeline .moment-label { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.timeline .worst { fill: var(--bad); font-weight: 650; text-anchor: middle; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; } .timeline .worst.end { text-anchor: end; } .timeline .worst.start { text-anchor: start; }
.timeline .bound-label { text-anchor: end; }
.timeline .moment { stroke: var(--bad); stroke-width: 1.5; } .timeline .moment-label { fill: var(--bad); } .timeline .moment-label.end { text-anchor: end; }
.timeline .gap { fill: url(#hatch); } .hatch { stroke: var(--axis); stroke-width: 1.2; }
.timeline .gap-label { text-anchor: middle; paint-order: stroke; stroke: var(--paper); stroke-width: 5px; stroke-linejoin: round; }
@container (max-width: 560px) { .timeline .minor, .timeline .gap-label { display: none; } }
`;
