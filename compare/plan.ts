import type { FleetSetup } from "./replication.js";
import type { Metric } from "./sample.js";

/** What is to be compared, and how. */
export interface ComparisonPlan {
  readonly setup: FleetSetup;
  readonly policies: readonly string[];
  /** Loads to compare at; the setup's own if left out. */
  readonly loads: readonly number[] | undefined;
  /** The policy that the fleet runs now, one of `policies`. */
  readonly current: string;
  readonly metric: Metric;
  /** Metrics that are shown besides. */
  readonly also: readonly Metric[];
  /** Relative difference in the metric that does not matter. */
  readonly within: number;
  /** That all that is said holds together; of the changes by themselves. */
  readonly familyConfidence: number;
  /** Whether the advice is tried out on fleets that are otherwise than was assumed. */
  readonly withChanges: boolean;
}
