import { assert } from "../../model/errors.js";
import type { ModelTime, Rate } from "../../model/units.js";
import { stationaryRate } from "../../theory/rate-scaling/constant-step.js";
import { blockedFraction, meanIdleTime } from "../../theory/rate-scaling/idle-period.js";
import { QueuedServers } from "../../theory/rate-scaling/queued-servers.js";
import { atRate, comesToRest, restoringForce } from "../../theory/rate-scaling/rate-scaling.js";
import {
  type Claims,
  claims,
  equalIdleTimes,
  isFitted,
  type RateScalingSystem,
  refinedValues,
  type Values,
  withoutDelay,
} from "./predictions.js";
import type { RateScalingQuantity } from "./quantities.js";

/** Most states for which the chain is solved at some twenty rates, so that predictions take a second or two. */
const MOST_STATES = 2000;
/** Longer queues are cut off in infinite buffers, however few the states. */
const LONGEST = 40;
/** Largest relative effect on idle times of what is cut off. */
const GREATEST_CUT = 0.02;

/**
 * What larger and infinite buffers do to idle times and rates of servers that are alike, under JIQ: no theorem of Rutten, Zubeldia and Mukherjee
 * (2023) covers them, who show infinite ones in simulations (Remark 2.4, Figures 4 and 5).
 */
export class QueuedRatesTheory {
  private readonly queues: QueuedServers | undefined;
  private readonly shorter: QueuedServers | undefined;
  private refined: { readonly found: Refined | undefined } | undefined;

  /** @param buffer at least 2; Infinity for no limit */
  constructor(
    private readonly system: RateScalingSystem,
    private readonly buffer: number,
  ) {
    const { servers } = system;
    let most = Math.min(buffer, LONGEST);
    while (most > 1 && QueuedServers.stateCount(servers, most) > MOST_STATES) most--;
    if (most < 2) return;
    this.queues = new QueuedServers(servers, most);
    this.shorter = most < buffer ? new QueuedServers(servers, most - 1) : undefined;
  }

  /** At fixed rates, all equal to this one. */
  fixedRates(rate: Rate, messageDelay: number): Claims {
    const solved = this.at(rate);
    if (solved === undefined) return [];
    const idleTime = { value: solved.idleTime, error: solved.cut + 2 * messageDelay };
    const chain = "the chain of the numbers of servers with each number of jobs, solved";
    return [...claims("exact", { mean_idle_time: idleTime }, chain, undefined), equalIdleTimes(undefined)];
  }

  /** Under the rule (2.2), refined for this number of servers and this step; empty where no error is known. */
  adaptive(system: RateScalingSystem): Claims {
    this.refined ??= { found: this.refine() };
    const { found } = this.refined;
    if (found === undefined) return [];
    const chain =
      "derived for finite n and m: the chain with queues at the rate where (2.2) rests, second-order averaging";
    const delayed = `${chain}, with the measured message delay of ${system.messageDelay.toPrecision(3)} time units`;
    return [
      ...(system.messageDelay > 0
        ? claims("refined", withDelay(found.values, system, found.queuedFraction), delayed, undefined)
        : []),
      ...claims("refined", found.values, chain, undefined),
      equalIdleTimes(undefined),
    ];
  }

  private refine(): Refined | undefined {
    const queued = { ...withoutDelay(this.system), queues: this.queues };
    if (!comesToRest(queued)) return undefined;
    const stationary = stationaryRate(queued);
    const solved = isFitted(stationary) ? undefined : this.at(stationary.mean);
    if (solved === undefined) return undefined;
    const values = this.withErrors(refinedValues(queued), stationary.mean, solved);
    return { values, queuedFraction: solved.queuedFraction };
  }

  /** Values at a fixed rate, and how far what is cut off may take them: the rest of a geometric series. */
  private at(rate: Rate): Solved | undefined {
    const { arrivalRate } = this.system;
    const valuesAt = (queues: QueuedServers) => {
      const { meanJobs, blockedFraction, queuedFraction } = queues.at(arrivalRate, rate);
      const idleTime = meanIdleTime(atRate({ ...withoutDelay(this.system), queues }, rate));
      return { idleTime, sojourn: meanJobs / arrivalRate, blockedFraction, queuedFraction };
    };
    if (this.queues === undefined) return this.hardlyQueued(rate);
    const values = valuesAt(this.queues);
    if (this.shorter === undefined) return { ...values, cut: 0, sojournCut: 0 };
    const before = valuesAt(this.shorter);
    const ratio = values.blockedFraction / before.blockedFraction;
    const rest = (of: "idleTime" | "sojourn"): number =>
      (CAUTION * Math.abs(values[of] - before[of]) * ratio) / (1 - ratio);
    const cut = rest("idleTime");
    return cut < GREATEST_CUT * values.idleTime ? { ...values, cut, sojournCut: rest("sojourn") } : undefined;
  }

  /** Of too many servers for the chain, as with unit buffers, where so few jobs wait that it makes no difference. */
  private hardlyQueued(rate: Rate): Solved | undefined {
    const { arrivalRate } = this.system;
    const load = arrivalRate / rate;
    if (load >= 1) return undefined;
    const loss = atRate(withoutDelay(this.system), rate);
    const blocked = blockedFraction(loss);
    const queuedFraction = blocked / (1 - load * (1 - blocked));
    const cut = 2 * CAUTION * queuedFraction;
    if (cut > GREATEST_CUT) return undefined;
    const idleTime = meanIdleTime(loss);
    return { idleTime, sojourn: 1 / rate, queuedFraction, cut: cut * idleTime, sojournCut: cut / (rate * (1 - load)) };
  }

  /**
   * Idle periods follow each other dependently where jobs wait, which the expansion does not see. Its effect was measured in simulations of
   * the exact rule, by a program that is not part of this project: n 1 to 50, lambda 0.3 to 1.8, m 20 to 500.
   */
  private withErrors(values: Values, mean: Rate, solved: Solved): Values {
    const { service_rate_sd: sd, mean_service_rate: rate, mean_idle_time: idle } = values;
    assert(sd !== undefined && rate !== undefined && idle !== undefined, "the rule has refined values");
    const { cut, sojournCut, queuedFraction } = solved;
    const { arrivalRate, g, h } = this.system;
    const relativeVariance = (sd.value / mean) ** 2;
    const pull = restoringForce(this.system, mean, idle.value);
    const ofRate = 3 * queuedFraction * (rate.error + relativeVariance * mean) + (h.derivative(mean) * cut) / pull;
    const ofSpread = 1.3 * queuedFraction ** 2 * sd.value;
    const ofSojourn = sojournCut + solved.sojourn ** 2 * arrivalRate * ofRate;
    const added: Values = {
      mean_service_rate: { value: 0, error: ofRate },
      service_rate_sd: { value: 0, error: ofSpread },
      service_rate_p05: { value: 0, error: ofRate + 2 * ofSpread },
      service_rate_p95: { value: 0, error: ofRate + 2 * ofSpread },
      mean_idle_time: { value: 0, error: cut + 3 * queuedFraction * (idle.error + relativeVariance * idle.value) },
      busy_fraction: { value: 0, error: (arrivalRate / mean ** 2) * ofRate },
      mean_sojourn_time: { value: 0, error: ofSojourn },
      mean_cost: {
        value: 0,
        error: (arrivalRate * Math.abs(g.derivative(mean)) + h.derivative(mean)) * (ofRate + ofSojourn),
      },
    };
    const blocksAsSolved = this.buffer !== Number.POSITIVE_INFINITY && this.queues !== undefined;
    return sum(blocksAsSolved ? values : without(values, "blocked_fraction"), added);
  }
}

/** How much slower than a geometric series what is cut off may fall. */
const CAUTION = 1.5;

/** Equal servers of a fixed rate, solved. */
interface Solved {
  readonly idleTime: ModelTime;
  readonly sojourn: ModelTime;
  readonly queuedFraction: number;
  /** How far the idle time may be off. */
  readonly cut: ModelTime;
  readonly sojournCut: ModelTime;
}

/** Under the rule, without delay. */
interface Refined {
  readonly values: Values;
  readonly queuedFraction: number;
}

/** What a delay does to unit buffers it does to these, too, but for services that start from the queue. */
function withDelay(values: Values, delayed: RateScalingSystem, queuedFraction: number): Values {
  const [late, prompt] = [refinedValues(delayed), refinedValues(withoutDelay(delayed))];
  const effects = Object.entries(late).map(([name, { value, error }]) => {
    const before = prompt[name as RateScalingQuantity] ?? { value, error };
    const effect = value - before.value;
    return [name, { value: effect, error: Math.max(0, error - before.error) + queuedFraction * Math.abs(effect) }];
  });
  return sum(values, Object.fromEntries(effects));
}

/** The values that both have, added, and so their errors. */
function sum(values: Values, added: Values): Values {
  const entries = Object.entries(values).map(([name, { value, error }]) => {
    const more = added[name as RateScalingQuantity] ?? { value: 0, error: 0 };
    return [name, { value: value + more.value, error: error + more.error }];
  });
  return Object.fromEntries(entries);
}

function without(values: Values, name: RateScalingQuantity): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name));
}
