import type { Law } from "../../model/law.js";
import { type GroupName, groupNames } from "../../model/statistics/job-times.js";
import type { Rate } from "../../model/units.js";
import { type Prediction, predicted } from "../../theory/prediction.js";
import { timesMMk } from "../../theory/queues/markovian-times.js";
import { mixtureOf, type QueuePart } from "../../theory/queues/mixture.js";
import { type Enclosed, type QueueTimes, type SojournTimes, timesMG1 } from "../../theory/queues/sojourn-law.js";
import type { FleetQuantity } from "./quantities.js";
import type { FleetSystem } from "./system.js";
import { type GroupQuantity, PERCENTILES, type Percentile, type TimesQuantity } from "./times.js";

/** Servers that are all alike, each with Poisson arrivals of its own. */
interface Queue {
  readonly arrivalRate: Rate;
  readonly rate: Rate;
  readonly workers: number;
  readonly count: number;
}

interface Solved {
  readonly times: ReturnType<typeof mixtureOf>;
  readonly source: string;
  readonly kinds: number;
}

/** Most kinds of servers, for the time that it takes to solve the queue of each; fewer where that has no closed form. */
const MOST_KINDS = { closed: 50, general: 3 } as const;

type Claims = [FleetQuantity, Prediction][];

/**
 * The percentiles of times under random routing, which makes every server a queue of its own: M/M/k, or M/G/1. Those of all jobs, of a
 * dispatcher and of a class: mixtures, where servers are not alike; those of a type where they are. Solved once.
 */
export class QueueTimesTheory {
  private readonly groups: readonly GroupName[];
  /** By class, and of all servers; undefined where they are of too many kinds, or are no queue that theory solves. */
  private readonly solved = new Map<GroupName | "all", Solved | undefined>();
  private readonly ofKinds = new Map<string, QueueTimes | undefined>();

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
      // Of types on servers of several kinds percentiles would take seconds.
      if (solved === undefined || (group.startsWith("type") && solved.kinds > 1)) continue;
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
    const { rates, disciplines, classOf, sizes } = this.system;
    const servers = [...rates.keys()].filter((server) => group === "all" || group === `class_${classOf(server) + 1}`);
    if (servers.some((server) => disciplines[server] === "ps")) return undefined;
    const queues = this.queuesOf(servers, shares);
    if (queues.length > MOST_KINDS[isExponential(sizes) ? "closed" : "general"]) return undefined;
    const total = queues.reduce((sum, { arrivalRate, count }) => sum + arrivalRate * count, 0);
    const parts: QueuePart[] = [];
    for (const queue of queues) {
      const times = this.timesOfKind(queue);
      if (times === undefined) return undefined;
      const { arrivalRate, count, rate } = queue;
      parts.push({ weight: (arrivalRate * count) / total, times, atRate: (law) => atRate(law, rate) });
    }
    return { times: mixtureOf(parts), source: sourceOf(queues, sizes), kinds: queues.length };
  }

  /** The kinds of these servers. */
  private queuesOf(servers: readonly number[], shares: readonly number[]): Queue[] {
    const { arrivalRate, rates, workers } = this.system;
    const byKind = new Map<string, Queue>();
    for (const server of servers) {
      const queue = { arrivalRate: arrivalRate * shares[server], rate: rates[server], workers: workers[server] };
      const kind = kindOf(queue);
      byKind.set(kind, { ...queue, count: (byKind.get(kind)?.count ?? 0) + 1 });
    }
    return [...byKind.values()];
  }

  private timesOfKind(queue: Queue): QueueTimes | undefined {
    const kind = kindOf(queue);
    if (!this.ofKinds.has(kind)) this.ofKinds.set(kind, timesIn(queue, this.system));
    return this.ofKinds.get(kind);
  }
}

function kindOf({ arrivalRate, rate, workers }: Omit<Queue, "count">): string {
  return `${arrivalRate} ${rate} ${workers}`;
}

function exactly({ value, error }: Enclosed, source: string, whyOutside: string | undefined): Prediction {
  return predicted("exact", { value }, source, { modelError: error, whyOutside });
}

/** Those of jobs of a type, whose sizes have a law of their own. */
function sojournsOfType({ sojournsOf }: Solved["times"], { sizes }: FleetSystem, group: GroupName): SojournTimes {
  const law = sizes.types?.find((_, index) => group === `type_${index + 1}`);
  return law === undefined ? { sojourn: () => undefined, sojournOver: () => undefined } : sojournsOf(law);
}

function timesIn({ arrivalRate, rate, workers }: Queue, { sizes }: FleetSystem): QueueTimes | undefined {
  const load = arrivalRate / (rate * workers);
  if (load >= 1) return undefined;
  if (isExponential(sizes)) return timesMMk(arrivalRate, rate, workers);
  return workers > 1 ? undefined : timesMG1(load, atRate(sizes, rate), PERCENTILES.p999);
}

function isExponential({ name }: FleetSystem["sizes"]): boolean {
  return name === "exponential";
}

function sourceOf(queues: readonly Queue[], sizes: FleetSystem["sizes"]): string {
  const workers = [...new Set(queues.map((queue) => queue.workers))].join(", ");
  const what = isExponential(sizes)
    ? `independent M/M/${workers} queues`
    : "independent M/G/1 queues: Pollaczek-Khinchine, by Panjer's recursion";
  return queues.length === 1 ? what : `${what}; the mixture of ${queues.length} kinds`;
}

/** The law of the time that work takes at a rate. */
function atRate({ mean, squaredVariation, distribution }: Law, rate: Rate): Law {
  return { mean: mean / rate, squaredVariation, distribution: (time) => distribution(time * rate) };
}
