import type { Law } from "../../model/law.js";
import { type GroupName, groupNames } from "../../model/statistics/job-times.js";
import type { Rate } from "../../model/units.js";
import { type Prediction, predicted } from "../../theory/prediction.js";
import { timesMMk } from "../../theory/queues/markovian-times.js";
import { type Enclosed, type QueueTimes, type SojournTimes, timesMG1 } from "../../theory/queues/sojourn-law.js";
import type { FleetQuantity } from "./quantities.js";
import type { FleetSystem } from "./system.js";
import { type GroupQuantity, PERCENTILES, type Percentile, type TimesQuantity } from "./times.js";

/** Servers that are all alike, each with Poisson arrivals of its own. */
interface Queue {
  readonly arrivalRate: Rate;
  readonly rate: Rate;
  readonly workers: number;
}

interface Solved {
  readonly times: QueueTimes;
  readonly source: string;
}

type Claims = [FleetQuantity, Prediction][];

/**
 * The percentiles of times under random routing, which makes every server a queue of its own: M/M/k, or M/G/1. Those of all jobs, of a
 * type and of a dispatcher where all servers are alike, and those of a class where its servers are. Solved once.
 */
export class QueueTimesTheory {
  private readonly groups: readonly GroupName[];
  /** By class, and of all servers; undefined where they are not alike, or are no queue that theory solves. */
  private readonly solved = new Map<GroupName | "all", Solved | undefined>();

  constructor(private readonly system: FleetSystem) {
    this.groups = groupNames(system.groups);
  }

  /** @param shares of the jobs that each server gets, over an equal share */
  claims(shares: readonly number[], whyOutside: string | undefined): Claims {
    const { timeout } = this.system;
    const ofAll = this.timesOf("all", shares);
    const claims = ofAll === undefined ? [] : this.claimsOf(ofAll, ofAll.times, "", whyOutside);
    const late = timeout === undefined ? undefined : ofAll?.times.sojournOver(timeout.after);
    if (ofAll !== undefined && late !== undefined)
      claims.push(["timed_out_fraction", exactly(late, ofAll.source, whyOutside)]);
    for (const group of this.groups) {
      const solved = group.startsWith("class") ? this.timesOf(group, shares) : ofAll;
      if (solved === undefined) continue;
      // Whatever their type, jobs wait for those before them.
      const sojourns = group.startsWith("type") ? sojournsOfType(solved.times, this.system, group) : solved.times;
      claims.push(...this.claimsOf(solved, sojourns, `_${group}`, whyOutside));
    }
    return claims;
  }

  private claimsOf(
    { times, source }: Solved,
    sojourns: SojournTimes,
    suffix: "" | `_${GroupName}`,
    whyOutside: string | undefined,
  ): Claims {
    const claims: Claims = [];
    const claim = (name: TimesQuantity, found: Enclosed | undefined): void => {
      if (found !== undefined)
        claims.push([`${name}${suffix}` as TimesQuantity | GroupQuantity, exactly(found, source, whyOutside)]);
    };
    for (const [name, p] of Object.entries(PERCENTILES) as [Percentile, number][]) {
      claim(`sojourn_time_${name}`, sojourns.sojourn(p));
      claim(`waiting_time_${name}`, times.waiting(p));
    }
    const { slo } = this.system;
    if (slo !== undefined) claim("sojourn_over_slo", sojourns.sojournOver(slo));
    return claims;
  }

  private timesOf(group: GroupName | "all", shares: readonly number[]): Solved | undefined {
    if (!this.solved.has(group)) this.solved.set(group, this.solve(group, shares));
    return this.solved.get(group);
  }

  private solve(group: GroupName | "all", shares: readonly number[]): Solved | undefined {
    const { arrivalRate, rates, workers, disciplines, classOf } = this.system;
    const servers = [...rates.keys()].filter((server) => group === "all" || group === `class_${classOf(server) + 1}`);
    const [first] = servers;
    const areAlike = servers.every(
      (server) =>
        rates[server] === rates[first] && workers[server] === workers[first] && shares[server] === shares[first],
    );
    if (!areAlike || servers.some((server) => disciplines[server] === "ps")) return undefined;
    return solve(
      { arrivalRate: arrivalRate * shares[first], rate: rates[first], workers: workers[first] },
      this.system,
    );
  }
}

function exactly({ value, error }: Enclosed, source: string, whyOutside: string | undefined): Prediction {
  return predicted("exact", { value }, source, { modelError: error, whyOutside });
}

/** Those of jobs of a type, whose sizes have a law of their own. */
function sojournsOfType({ sojournsOf }: QueueTimes, { sizes, rates }: FleetSystem, group: GroupName): SojournTimes {
  const law = sizes.types?.find((_, index) => group === `type_${index + 1}`);
  const found = law === undefined ? undefined : sojournsOf?.(atRate(law, rates[0]));
  return found ?? { sojourn: () => undefined, sojournOver: () => undefined };
}

function solve({ arrivalRate, rate, workers }: Queue, { sizes }: FleetSystem): Solved | undefined {
  const load = arrivalRate / (rate * workers);
  if (load >= 1) return undefined;
  if (sizes.name === "exponential")
    return { times: timesMMk(arrivalRate, rate, workers), source: `independent M/M/${workers} queues` };
  if (workers > 1) return undefined;
  const source = "independent M/G/1 queues: Pollaczek-Khinchine, by Panjer's recursion";
  return { times: timesMG1(load, atRate(sizes, rate), PERCENTILES.p999), source };
}

/** The law of the time that work takes at a rate. */
function atRate({ mean, squaredVariation, distribution }: Law, rate: Rate): Law {
  return { mean: mean / rate, squaredVariation, distribution: (time) => distribution(time * rate) };
}
