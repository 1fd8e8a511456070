import type { SeriesStyle } from "../chart-style.js";
import type { Colour } from "../theme.js";

/** Classes of servers are told apart by colour and by the width of lines and outlines. */
export const CLASS_STYLES: readonly { readonly colour: Colour; readonly style: SeriesStyle }[] = [
  { colour: "measured", style: { width: 2.5 } },
  { colour: "level1", style: { width: 4 } },
  { colour: "level3", style: { width: 1.5 } },
];
