/**
 * Colours, light and dark. Sand stands for the fault's window and for nothing else. Good is a blue-leaning green and bad
 * a red-leaning orange, which stay apart in the common kinds of colour blindness; every text colour has a contrast of at
 * least 4.5 on every ground it stands on (the browser test computes it).
 */
const LIGHT = `
  --paper: #faf9f6; --surface: #ffffff; --ink: #1a1e23; --muted: #59616a;
  --hair: #e2e1dc; --grid: #ecebe6; --axis: #b9b8b2;
  --data: #2a4d7c; --band: #f6edda; --band-edge: #b68a35; --band-ink: #6d4e0d;
  --good: #08685a; --good-tint: #e5f2ee; --bad: #ad2e15; --bad-tint: #fbeae4; --bad-area: #ad2e1533;
  --unsure: #76530a; --unsure-tint: #f7efdc; --code: #f4f3ee;`;

const DARK = `
  --paper: #121518; --surface: #191d21; --ink: #e8eaed; --muted: #a5adb7;
  --hair: #2d3339; --grid: #262b31; --axis: #4a525b;
  --data: #9cc2f4; --band: #2d281b; --band-edge: #a5823f; --band-ink: #e0bd7c;
  --good: #66cdb8; --good-tint: #16302b; --bad: #ff9a80; --bad-tint: #3a1f18; --bad-area: #ff9a8040;
  --unsure: #e2b866; --unsure-tint: #33290f; --code: #20252a;`;

export const THEME_STYLE: string = `
:root { color-scheme: light dark; ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
`;
