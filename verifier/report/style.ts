/** The style of all pages, one text. */
import { CHART_STYLE } from './style/chart.ts';
import { LAYOUT_STYLE } from './style/layout.ts';
import { PRINT_STYLE } from './style/print.ts';
import { TABLE_STYLE } from './style/table.ts';
import { THEME_STYLE } from './style/theme.ts';

export const STYLE: string = THEME_STYLE + LAYOUT_STYLE + TABLE_STYLE + CHART_STYLE + PRINT_STYLE;
