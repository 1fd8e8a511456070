import type { DispatcherTotals } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import type { ViewQuality } from "../model/view-quality.js";
import type { QuantityEvidence } from "../scenarios/evidence.js";
import type { Phase, RateSummary, Schedule } from "../scenarios/run.js";
import type { PolicyInformation } from "../scenarios/scenario.js";

/** What `GET /api/state` of the dispatcher returns: the run as it stands. Described in docs/protocol.md. */
export interface DispatcherState {
  readonly version: string;
  readonly scenario: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly seed: string;
  readonly policy: string;
  /** What the policy has cost in information since the start; and what it has learned, null if it does not learn. */
  readonly information: PolicyInformation & { readonly learned: number | null };
  readonly timeUnitSeconds: number;
  readonly phase: Phase;
  /** Since the fleet was complete. */
  readonly elapsedTime: ModelTime;
  readonly warmUpTime: ModelTime;
  /** Null: until stopped. */
  readonly measuringTime: ModelTime | null;
  readonly servers: { readonly expected: number; readonly connected: number };
  readonly totals: Readonly<DispatcherTotals> & { readonly inFlight: number };
  /** Connections that were ended because the peer broke the protocol. */
  readonly offences: number;
  /** Null before the first report. */
  readonly rates: RateSummary | null;
  /** What the rates should tend to; null where there is no such value. */
  readonly targetRate: Rate | null;
  readonly messageDelay: ModelTime;
  readonly heldUpFraction: number;
  readonly scheduleLag: ModelTime;
  /** What the load generators sent since they started, and the sum of how late they did. */
  readonly schedule: Schedule;
  /** For how long they were not read, because server nodes did not keep up. */
  readonly heldBackTime: ModelTime;
  /** As the load generators see it: from intended sending to the news of completion; null before the first. */
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
  readonly quantities: readonly QuantityEvidence[];
  /** Where several dispatchers share the servers: how good their views of these are. */
  readonly views?: ViewQuality;
}
