import type { Verdict } from "../theory/verdict.js";
import { element, setText } from "./element.js";

/** The shapes tell verdicts apart without colour. */
const SYMBOLS: Readonly<Record<Verdict, string>> = { agrees: "✓", differs: "✗", undecided: "?", void: "∅" };

/** The verdict with its symbol. */
export function verdictText(verdict: Verdict): string {
  return `${SYMBOLS[verdict]} ${verdict}`;
}

/** A verdict as a label, which is hidden while there is none. */
export class VerdictBadge {
  readonly root = element("strong", "badge");

  show(verdict: Verdict | undefined): void {
    this.root.hidden = verdict === undefined;
    if (verdict === undefined) return;
    this.root.className = `badge ${verdict}`;
    setText(this.root, verdictText(verdict));
  }
}
