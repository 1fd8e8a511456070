import { expect, type TestContext } from "vitest";

/** What is known of a run's course, live. */
interface Course {
  /** Why the run is void, if it is. */
  readonly whyVoid?: string | null | undefined;
  /** Fraction of jobs that came in bursts after a pause of the machine; null where nobody knows. */
  readonly heldUpFraction?: number | null;
}

/** With more jobs than this in bursts, a run is no draw of the law that is simulated without pauses. */
const MOST_HELD_UP = 0.02;

/**
 * For the place in a test where a live run is compared with what it should be: skips the rest, with what was too busy and by
 * how much, where the machine could not keep up. A run that is void for another reason fails the test.
 */
export function skipIfTooBusy(context: TestContext, { whyVoid, heldUpFraction }: Course): void {
  if (typeof whyVoid === "string") {
    expect(whyVoid).toMatch(/could not keep up|a quieter machine/);
    context.skip(`no comparison: ${whyVoid}`);
  }
  if (typeof heldUpFraction === "number" && heldUpFraction > MOST_HELD_UP)
    context.skip(
      `no comparison: the machine paused, which held up ${percent(heldUpFraction)} of the jobs (limit ${percent(MOST_HELD_UP)})`,
    );
}

const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
