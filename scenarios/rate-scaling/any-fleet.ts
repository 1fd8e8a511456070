import { ExactPredictions, exactPredictions } from "../../experiments/exact-predictions.js";
import { InfiniteBufferTheory } from "../../experiments/infinite-buffers.js";
import type { QueueQuantity } from "../../experiments/queue-quantities.js";
import { joinsShortest, routingLawNamed } from "../../experiments/routing.js";
import type { RunConditions } from "../../experiments/scenario.js";
import type { RateCost, SojournCost } from "../../model/cost-functions.js";
import type { Rate } from "../../model/units.js";
import { bound, exact, type Prediction, predicted } from "../../theory/prediction.js";
import type { Claims } from "./predictions.js";
import type { RateScalingQuantity } from "./quantities.js";

const CONSERVATION = "conservation of flow: the work that arrives is done";

/** With infinite buffers all work is done, whatever the rates, the rule and the policy, as long as queues do not grow for ever. */
export function workDone(arrivalRate: Rate): Claims[number] {
  return ["work_rate", exact(arrivalRate, CONSERVATION)];
}

/** Servers of fixed rates under any policy and with any buffers. */
export interface AnyFleet {
  /** Per server. */
  readonly arrivalRate: Rate;
  /** Of each server. */
  readonly rates: readonly Rate[];
  /** Infinity for no limit. */
  readonly buffer: number;
  /** Its name, with its options. */
  readonly policy: string;
  readonly g: SojournCost;
  readonly h: RateCost;
}

type Known = QueueQuantity & RateScalingQuantity;

/** Whatever the rule and the policy: no job is blocked. */
export const NO_BLOCKING: Claims[number] = ["blocked_fraction", exact(0, "buffers are infinite")];

/** What holds of fixed rates outside of the paper's model of unit buffers and JIQ: flow is conserved, and small fleets are solved. */
export class AnyFleetTheory {
  private readonly chain: ExactPredictions<never> | undefined;
  private readonly queues: InfiniteBufferTheory | undefined;

  constructor(private readonly fleet: AnyFleet) {
    const { arrivalRate, rates, buffer, policy } = fleet;
    const routing = routingLawNamed(policy);
    const totalArrivalRate = arrivalRate * rates.length;
    this.queues = buffer === Number.POSITIVE_INFINITY ? new InfiniteBufferTheory(fleet) : undefined;
    this.chain =
      routing &&
      new ExactPredictions({
        ...{ totalArrivalRate, serviceRates: rates, buffer, routing, states: [], tails: [] },
        joinsShortest: joinsShortest({ policy }),
      });
  }

  claims(conditions: RunConditions): Claims {
    if (this.fleet.rates.some((rate) => rate === 0)) return [];
    const flow = this.fleet.buffer === Number.POSITIVE_INFINITY ? this.conservation() : [];
    const values = this.chain?.values(conditions);
    const solved = new Map<string, Prediction>([
      ...(values?.has("mean_sojourn_time") ? [] : (this.queues?.claims(conditions.messageDelay, []) ?? [])),
      ...exactPredictions(values),
      ...flow.filter(([, { kind }]) => kind === "exact"),
    ]);
    const sojourn = solved.get("mean_sojourn_time");
    const names: Known[] = ["blocked_fraction", "busy_fraction", "mean_sojourn_time"];
    return [
      ...names.flatMap((name): Claims => {
        const claim = solved.get(name);
        return claim === undefined ? [] : [[name, claim]];
      }),
      ...(sojourn === undefined ? [] : [this.cost(sojourn)]),
      ...flow.filter(([name, { kind }]) => kind === "bound" || name === "work_rate"),
    ];
  }

  /** lambda g(1/E[S]) + mean of h(rate), (2.1). */
  private cost(sojourn: Prediction): Claims[number] {
    const { arrivalRate, rates, g, h } = this.fleet;
    const time = "value" in sojourn ? sojourn.value : Number.NaN;
    const value = arrivalRate * g.value(1 / time) + rates.reduce((sum, rate) => sum + h.value(rate), 0) / rates.length;
    const modelError = (arrivalRate * Math.abs(g.derivative(1 / time)) * sojourn.modelError) / time ** 2;
    return ["mean_cost", predicted(sojourn.kind, { value }, sojourn.source, { modelError })];
  }

  /** The work that arrives is done: the sum over servers of rate times busy fraction is the arrival rate. */
  private conservation(): Claims {
    const { arrivalRate, rates } = this.fleet;
    const slowest = rates.reduce((least, rate) => Math.min(least, rate));
    const fastest = rates.reduce((most, rate) => Math.max(most, rate));
    const known = [NO_BLOCKING, workDone(arrivalRate)];
    // Servers that get no more than their share keep up with it.
    if (arrivalRate >= slowest) return known;
    if (slowest === fastest) return [...known, ["busy_fraction", exact(arrivalRate / slowest, CONSERVATION)]];
    return [
      ...known,
      ["busy_fraction", bound({ atMost: arrivalRate / slowest }, CONSERVATION)],
      ["busy_fraction", bound({ atLeast: arrivalRate / fastest }, CONSERVATION)],
    ];
  }
}
