import { expect } from "vitest";
import { studentQuantile } from "../../model/statistics/interval.js";

/** Of each quantity by itself: one in a hundred thousand. */
const CONFIDENCE = 1 - 1e-5;

/** Expects a live run to have measured one more draw of the law of which there are draws by simulation. */
export function expectOneMore(name: string, live: number, twins: readonly number[]): void {
  const mean = twins.reduce((sum, value) => sum + value, 0) / twins.length;
  const deviation = Math.sqrt(twins.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (twins.length - 1));
  const reach = studentQuantile((1 + CONFIDENCE) / 2, twins.length - 1) * deviation * Math.sqrt(1 + 1 / twins.length);
  expect(Math.abs(live - mean), `${name}: live ${live}, twins ${mean} with sd ${deviation}`).toBeLessThan(reach);
}
