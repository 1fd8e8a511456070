/** The results of a soak test: lines to print, and problems found. */
export interface SoakReport {
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}
