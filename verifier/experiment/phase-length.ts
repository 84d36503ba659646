/** Two samples of every series in a phase need two scrapes; four make the brackets narrow. */
const LEAST_SCRAPES = 2;

/** The shortest phase that can be judged, milliseconds. */
export function leastPhaseMs(scrapeMs: number): number {
  return LEAST_SCRAPES * scrapeMs;
}
