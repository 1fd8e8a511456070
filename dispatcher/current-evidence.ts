import { performance } from "node:perf_hooks";
import type { QuantityEvidence } from "../scenarios/evidence.js";
import type { Run } from "../scenarios/run.js";

/** Weighing the evidence takes milliseconds; within this time it is not done twice. */
const EVIDENCE_MILLISECONDS = 1000;

/** The evidence of a run, weighed anew when it is out of date and always at the end. */
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
