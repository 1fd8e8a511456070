import type { View } from "./view.js";

/** A chart together with what theory claims about it. */
export interface ClaimChart {
  readonly title: string;
  readonly content: HTMLElement;
  /** Whether the verdict on the quantity of this name is one on what the chart shows. */
  isAbout(quantity: string): boolean;
  /** The claim, with formulas between backticks; undefined where the chart does not apply to the run. */
  claim(view: View): string | undefined;
  draw(view: View): void;
}
