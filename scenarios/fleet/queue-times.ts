import { type Prediction, predicted } from "../../theory/prediction.js";
import { timesMMk } from "../../theory/queues/markovian-times.js";
import { type Enclosed, type QueueTimes, timesMG1 } from "../../theory/queues/sojourn-law.js";
import { type FleetQuantity, PERCENTILES, type Percentile } from "./quantities.js";
import type { FleetSystem } from "./system.js";

/**
 * The percentiles of times under random routing to servers that are all alike, each a queue of its own: M/M/k, or M/G/1. Solved once.
 */
export class QueueTimesTheory {
  private solved: { readonly times: QueueTimes | undefined; readonly source: string } | undefined;

  constructor(private readonly system: FleetSystem) {}

  claims(whyOutside: string | undefined): [FleetQuantity, Prediction][] {
    this.solved ??= solve(this.system);
    const { times, source } = this.solved;
    if (times === undefined) return [];
    const claims: [FleetQuantity, Prediction][] = [];
    const claim = (name: FleetQuantity, found: Enclosed | undefined): void => {
      if (found === undefined) return;
      const { value, error } = found;
      claims.push([name, predicted("exact", { value }, source, { modelError: error, whyOutside })]);
    };
    for (const [name, p] of Object.entries(PERCENTILES) as [Percentile, number][]) {
      claim(`sojourn_time_${name}`, times.sojourn(p));
      claim(`waiting_time_${name}`, times.waiting(p));
    }
    const { slo, timeout } = this.system;
    if (slo !== undefined) claim("sojourn_over_slo", times.sojournOver(slo));
    if (timeout !== undefined) claim("timed_out_fraction", times.sojournOver(timeout.after));
    return claims;
  }
}

function solve({ arrivalRate, rates, workers, disciplines, sizes }: FleetSystem) {
  const [rate] = rates;
  const [count] = workers;
  const areAlike = rates.every((one) => one === rate) && workers.every((one) => one === count);
  const load = arrivalRate / (rate * count);
  const none = { times: undefined, source: "" };
  if (!areAlike || disciplines.includes("ps") || load >= 1) return none;
  if (sizes.name === "exponential")
    return { times: timesMMk(arrivalRate, rate, count), source: `independent M/M/${count} queues` };
  if (count > 1) return none;
  const service = {
    mean: sizes.mean / rate,
    squaredVariation: sizes.squaredVariation,
    distribution: (time: number) => sizes.distribution(time * rate),
  };
  const source = "independent M/G/1 queues: Pollaczek-Khinchine, by Panjer's recursion";
  return { times: timesMG1(load, service, PERCENTILES.p999), source };
}
