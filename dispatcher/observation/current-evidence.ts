import { performance } from "node:perf_hooks";
import type { QuantityEvidence } from "../../experiments/evidence.js";
import type { Run } from "../../experiments/run.js";

/** Shortest time between evaluations, which take milliseconds. */
const EVIDENCE_MILLISECONDS = 1000;

/** The evidence of a run, re-evaluated when out of date and always at the end. */
export class CurrentEvidence {
  private known: { readonly at: number; readonly epochs: number; readonly quantities: QuantityEvidence[] } | undefined;

  constructor(private readonly run: Run) {}

  get quantities(): QuantityEvidence[] {
    const now = performance.now();
    const upToDate =
      this.known !== undefined &&
      (this.known.epochs === this.run.epochs || now < this.known.at + EVIDENCE_MILLISECONDS) &&
      this.run.phase !== "finished";
    if (!upToDate || this.known === undefined)
      this.known = { at: now, epochs: this.run.epochs, quantities: this.run.evidence() };
    return this.known.quantities;
  }
}
