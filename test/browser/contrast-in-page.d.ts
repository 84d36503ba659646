/** A text that is hard to read. */
export interface LowContrast {
  readonly text: string;
  readonly ratio: number;
  /** Red, green, blue, alpha. */
  readonly colour: string;
  readonly ground: string;
}

/** All texts of the page whose contrast with what is painted behind them is below `least`; and how many were looked at. */
export function lowContrast(least: number): { readonly checked: number; readonly low: readonly LowContrast[] };
