import type { Run } from "../experiments/run.js";
import { EPOCH_TIME, type Experiment, type FleetView } from "../experiments/scenario.js";
import { UserError } from "../model/errors.js";
import { NO_DELAY } from "../model/message-delay.js";
import type { ModelTime } from "../model/units.js";
import type { ViewTotals } from "../model/view-quality.js";
import { knowsQueuesOnly, sendsCopies } from "../policies/policy.js";
import { QueueChain } from "./queue-chain.js";
import { isRateScalingChain, RateScalingChain } from "./rate-scaling-chain.js";
import { RedundantFleet } from "./redundant-fleet.js";
import { SlottedSystem } from "./slotted.js";
import { Twin, type TwinOptions } from "./twin.js";

/** Observations per relaxation time: more would add no information. */
const EPOCHS_PER_RELAXATION = 20;

/** The epoch length of a run. */
export function epochTimeOf({ relaxationTime = 0 }: Experiment): ModelTime {
  return Math.max(EPOCH_TIME, relaxationTime / EPOCHS_PER_RELAXATION);
}

interface Parts extends Pick<TwinOptions, "seed" | "replication" | "messageDelay" | "moreDelay" | "noticeDelay"> {
  readonly run: Run;
  readonly replication: number;
  readonly epochTime: ModelTime;
  /** Whether a Markov chain with the same law may replace the simulation of individual jobs. */
  readonly chainWillDo?: boolean;
}

/** A simulated system. */
interface RunningSystem {
  readonly view: FleetView;
  readonly policyName: string;
  readonly inFlight: number;
  /** How well several dispatchers know the queues, if servers tell them. */
  readonly viewTotals?: ViewTotals | undefined;
  finish(): void;
}

/** The fastest suitable engine: slotted time, copies of jobs, the Markov chain of queue lengths, or individual jobs. */
export function systemFor(experiment: Experiment, parts: Parts): RunningSystem {
  const { system, isQueueChain } = experiment;
  const { messageDelay = system.delay ?? NO_DELAY, noticeDelay } = parts;
  const hasDelays =
    (parts.messageDelay === undefined && system.delayBetween !== undefined) ||
    messageDelay.law !== "none" ||
    (noticeDelay ?? NO_DELAY).law !== "none";
  if (system.slots !== undefined) {
    if (hasDelays)
      throw new UserError(
        "message delays: not applicable in slotted time, where a slot ends when all servers have answered",
      );
    return new SlottedSystem({ system, ...parts });
  }
  if (sendsCopies(system.policy)) {
    if (hasDelays)
      throw new UserError("message delays: not applicable where copies of jobs are cancelled, which takes no time");
    return new RedundantFleet({ system, ...parts });
  }
  const isDivided = system.division !== undefined;
  if (isQueueChain === true && system.backlog === 0 && !hasDelays && !isDivided && knowsQueuesOnly(system.policy))
    return new QueueChain({ system, ...parts });
  if (parts.chainWillDo === true && !hasDelays && !isDivided && isRateScalingChain(system)) {
    return new RateScalingChain(system, parts.run, parts.seed, parts.replication);
  }
  return new Twin({ system, ...parts });
}
