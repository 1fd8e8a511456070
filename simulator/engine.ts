import { assert, UserError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import type { ViewTotals } from "../model/view-quality.js";
import { EPOCH_TIME, type Experiment, type FleetView } from "../scenarios/scenario.js";
import { type MessageDelay, NO_DELAY } from "./message-delay.js";
import { QueueChain } from "./queue-chain.js";
import { isRateScalingChain, RateScalingChain } from "./rate-scaling-chain.js";
import { SharedTwin } from "./shared-twin.js";
import { SlottedSystem } from "./slotted.js";
import { Twin, type TwinOptions } from "./twin.js";

/** How many looks at a system there are while it forgets its state: more tell nothing more. */
const EPOCHS_PER_RELAXATION = 20;

/** How long an epoch of the run should be. */
export function epochTimeOf({ relaxationTime = 0 }: Experiment): ModelTime {
  return Math.max(EPOCH_TIME, relaxationTime / EPOCHS_PER_RELAXATION);
}

interface Parts extends Pick<TwinOptions, "run" | "seed" | "replication" | "messageDelay" | "noticeDelay"> {
  readonly replication: number;
  readonly epochTime: ModelTime;
  /** More than 1: so many dispatchers, each for a share of the task types of a graph. */
  readonly dispatchers?: number;
  /** Whether a chain of the same law may stand in for every job by itself. */
  readonly chainWillDo?: boolean;
}

/** A system that runs to the end of its run. */
interface RunningSystem {
  readonly view: FleetView;
  readonly policyName: string;
  readonly inFlight: number;
  /** How good the views of several dispatchers are. */
  readonly views?: ViewTotals;
  finish(): void;
}

/** The fastest engine that does what is asked: slots, the chain of the queues, or every job by itself. */
export function systemFor(experiment: Experiment, parts: Parts): RunningSystem {
  const { messageDelay = NO_DELAY, noticeDelay, dispatchers = 1 } = parts;
  const { system, isQueueChain } = experiment;
  if (dispatchers > 1) return sharedSystem(experiment, { ...parts, messageDelay, dispatchers });
  const hasDelays = messageDelay.law !== "none" || (noticeDelay ?? NO_DELAY).law !== "none";
  if (system.slots !== undefined) {
    if (hasDelays) throw new UserError("message delays: slotted time has none, a slot ends when all have answered");
    return new SlottedSystem({ system, ...parts });
  }
  if (isQueueChain === true && !hasDelays) return new QueueChain({ system, ...parts });
  if (parts.chainWillDo === true && !hasDelays && isRateScalingChain(system)) {
    return new RateScalingChain(system, parts.run, parts.seed, parts.replication);
  }
  const twin = new Twin({ system, ...parts });
  return {
    view: twin.dispatcher,
    policyName: twin.dispatcher.policyName,
    get inFlight() {
      return twin.dispatcher.inFlight;
    },
    finish: () => twin.finish(),
  };
}

function sharedSystem(
  { scenario, system }: Experiment,
  parts: Parts & { readonly messageDelay: MessageDelay; readonly dispatchers: number },
): RunningSystem {
  const { graph } = system;
  assert(graph !== undefined, `${scenario.name} has task types to share out`);
  const twin = new SharedTwin({ system: { ...system, graph }, ...parts });
  const { fleet, policyName } = twin;
  return {
    view: fleet,
    policyName,
    get inFlight() {
      return fleet.inFlight;
    },
    get views() {
      return fleet.view;
    },
    finish: () => twin.finish(),
  };
}
