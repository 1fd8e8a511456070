import type { QuantityEvidence } from "../../experiments/evidence.js";
import type { Phase, RateSummary, Schedule } from "../../experiments/run.js";
import type { Division, PolicyInformation, Thresholds } from "../../experiments/scenario.js";
import type { StoppedBy } from "../../experiments/sequential-evidence.js";
import type { DispatcherTotals } from "../../model/totals.js";
import type { ModelTime, Rate } from "../../model/units.js";
import type { ViewQuality } from "../../model/view-quality.js";

/** What `GET /api/state` of the dispatcher returns: the current state of the run. Described in docs/protocol.md. */
export interface DispatcherState {
  readonly version: string;
  readonly scenario: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly policy: string;
  /** What the policy has cost in information since the start; and the parameter it has learned, null if it does not learn. */
  readonly information: PolicyInformation & { readonly learned: number | null };
  /** Where the thresholds of a policy are, and how many servers are below them; absent for a policy without. */
  readonly thresholds?: Thresholds;
  readonly timeUnitSeconds: number;
  readonly phase: Phase;
  /** Since the fleet was complete. */
  readonly elapsedTime: ModelTime;
  readonly warmUpTime: ModelTime;
  /** Since the warm-up. */
  readonly measuredTime: ModelTime;
  /** For how long to measure, at most; null for a run until stopped. */
  readonly measuringTime: ModelTime | null;
  readonly servers: { readonly expected: number; readonly connected: number };
  readonly totals: Readonly<DispatcherTotals> & { readonly inFlight: number };
  /** Jobs lost because servers died on them, one after the other. */
  readonly poisonousJobs?: number;
  /** Connections closed because the peer broke the protocol. */
  readonly offences: number;
  /** Null before the first report. */
  readonly rates: RateSummary | null;
  /** The rate to which the service rates should converge; null where there is none. */
  readonly targetRate: Rate | null;
  readonly messageDelay: ModelTime;
  readonly askedDelay?: ModelTime;
  readonly heldUpFraction: number;
  readonly scheduleLag: ModelTime;
  /** Jobs that the load generators have sent since they started, and their total lag. */
  readonly schedule: Schedule;
  /** For how long the load generators were not read, because server nodes did not keep up. */
  readonly heldBackTime: ModelTime;
  /** Mean at the load generators, from intended send time to notice of completion; null before the first. */
  readonly sojournTimeAtGenerator: ModelTime | null;
  readonly lateness: {
    readonly deliveries: number;
    readonly totalSeconds: number;
    readonly meanSeconds: number;
    readonly maxSeconds: number;
  };
  readonly nodes: readonly { readonly name: string; readonly servers: number; readonly metricsUrl: string | null }[];
  /** Why the run is void; null if it is not. */
  readonly whyVoid: string | null;
  readonly familyConfidence: number;
  /** Relative distance from a prediction that still counts as agreement. */
  readonly within: number;
  /** How often the run was judged, if that is planned; why it finished, null while it goes on. */
  readonly looks: number;
  readonly stoppedBy: StoppedBy | null;
  /** Of the whole run, so far. */
  readonly verdict: QuantityEvidence["verdict"];
  readonly quantities: readonly QuantityEvidence[];
  /** Accuracy of the views of several dispatchers; absent with a single dispatcher. */
  readonly views?: ViewQuality;
  /** How many dispatchers there are, what they know, and the number of this one; absent with a single dispatcher. */
  readonly division?: Division & { readonly number: number };
}
