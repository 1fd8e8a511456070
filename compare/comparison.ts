import { UserError } from "../model/errors.js";
import { parseLoadProfile } from "../model/load-profile.js";
import type { ModelTime } from "../model/units.js";
import { policyNamed } from "../policies/index.js";
import { sendsCopies } from "../policies/policy.js";
import type { Runner } from "../simulator/parallel/task.js";
import { type Change, changesOf } from "./changes.js";
import { atLoad, type Field, fieldOf, under } from "./field.js";
import type { ComparisonPlan } from "./plan.js";
import type { Race, Racer } from "./race.js";
import type { FleetSetup } from "./replication.js";
import type { Metric } from "./sample.js";
import { SLO_SEARCH, SloSearch } from "./slo-search.js";
import { type StableLoads, stableLoads } from "./stable-loads.js";
import { type Running, Study, type StudyRun } from "./study.js";

/** The name of the study of the fleet as it is. */
export const MAIN = "main";
/** Policies that are tried out when the fleet is otherwise, besides the current one. */
const TRIED = 3;

/** A fleet that is otherwise, and which policies are best there; why not, where that was not compared. */
export interface TriedChange {
  readonly change: Change;
  readonly study: Study | string;
}

/** The parameters without which there is nothing to measure. */
const NEEDS: ReadonlyMap<Metric, string> = new Map([
  ["over-slo", "slo"],
  ["timed-out", "timeout"],
]);

/** Which policy is best in front of a fleet, at each load, and whether that depends on what was assumed. */
export class Comparison {
  readonly main: Study;
  readonly changes: TriedChange[] = [];
  /** Limit of the sojourn times, if there is one. */
  readonly slo: ModelTime | undefined;
  /** Metrics of what only this fleet has: a limit of the sojourn times, clients that give up. */
  readonly ownMetrics: readonly Metric[];
  /** Up to which loads policies are within the slo; undefined without one, and where the load varies over time. */
  readonly sloSearch: SloSearch | undefined;

  /** @throws UserError if a setting is invalid, or no policy has a steady state at any load */
  constructor(
    readonly plan: ComparisonPlan,
    private readonly done: readonly StudyRun[] = [],
  ) {
    const { setup, policies, loads, slo } = { ...plan, slo: sloOf(plan.setup) };
    this.slo = slo;
    for (const policy of policies)
      if (sendsCopies(policyNamed(policy)))
        throw new UserError(`${policy}: copies of jobs, which are cancelled, cannot be compared; use another policy`);
    const { timeout = "none" } = setup.settings;
    this.ownMetrics = [
      ...(slo === undefined ? [] : ["over-slo" as const]),
      ...(timeout === "none" ? [] : ["timed-out" as const]),
    ];
    for (const metric of [plan.metric, ...plan.also]) {
      const key = NEEDS.get(metric);
      if (key !== undefined && !this.ownMetrics.includes(metric))
        throw new UserError(`${metric}: the fleet has no ${key}; set one, e.g. --set ${key}=5`);
    }
    const setups = loads === undefined ? [setup] : loads.map((load) => atLoad(setup, load));
    const fields = setups.map((one) => fieldOf(one, policies, [plan.metric, ...plan.also]));
    if (fields.every((field) => field.policies.length === 0)) throw new UserError(fields[0].unstable[0].why);
    this.main = this.study(MAIN, fields);
    this.sloSearch = slo === undefined || variesOver(setups) ? undefined : this.searchFor(slo);
  }

  /**
   * Compares the policies, and then tries the best ones out on fleets that are otherwise. What is done when the runner is stopped remains.
   *
   * @param onRun called after each replication, in any order
   * @throws what the runner throws when it is stopped
   */
  async run(runner: Runner, onRun: (run: StudyRun, running: Running) => void): Promise<void> {
    const { main, sloSearch } = this;
    await main.run(runner, (run) => onRun(run, main));
    await sloSearch?.run(
      runner,
      (policy) => this.stableLoads(policy).unstableFrom,
      (run) => onRun(run, sloSearch),
    );
    if (!this.plan.withChanges) return;
    this.prepareChanges();
    for (const { study } of this.changes)
      if (typeof study !== "string") await study.run(runner, (run) => onRun(run, study));
  }

  /** Ends what is not decided, with what there is. */
  stop(): void {
    this.main.stop();
    for (const { study } of this.changes) if (typeof study !== "string") study.stop();
  }

  /** The field that the advice is about: the highest load with a policy that has a steady state. */
  get advised(): { readonly field: Field; readonly race: Race } {
    const { fields, races } = this.main;
    const [best] = [...fields.keys()]
      .filter((i) => races[i].leader !== undefined)
      .sort((a, b) => fields[b].load - fields[a].load);
    return { field: fields[best ?? 0], race: races[best ?? 0] };
  }

  /** How far a policy can be loaded. */
  stableLoads(policy: string): StableLoads {
    return stableLoads(this.plan.setup, policy);
  }

  private searchFor(slo: ModelTime): SloSearch {
    const search = new SloSearch(this.plan, slo);
    for (const run of this.done) if (run.study === SLO_SEARCH) search.add(run);
    return search;
  }

  private prepareChanges(): void {
    const { field, race } = this.advised;
    const tried = this.worthTrying(race);
    for (const change of changesOf(under(field.setup, tried[0]))) {
      const { setup } = change;
      const changed = typeof setup === "string" ? setup : fieldOf(setup, tried, [this.plan.metric]);
      this.changes.push({ change, study: typeof changed === "string" ? changed : this.study(change.name, [changed]) });
    }
  }

  /** The best policies, and the current one. */
  private worthTrying(race: Race): string[] {
    const order = this.inOrder(race);
    const { current } = this.plan;
    return [...new Set([...order.slice(0, TRIED), ...(order.includes(current) ? [current] : [])])];
  }

  /** The policies of a race, best first: those still in it, then those that dropped out, and last those whose queues grew. */
  inOrder(race: Race): string[] {
    const { racers } = race;
    const contenders = race.contendersAfter(racers, race.commonReplications(racers));
    const group = ({ out }: Racer): number => (out === undefined ? 0 : out.why === "worse" ? 1 : 2);
    return [...racers.keys()]
      .sort((a, b) => group(racers[a]) - group(racers[b]) || contenders[a].pooled - contenders[b].pooled)
      .map((i) => racers[i].policy);
  }

  private study(name: string, fields: readonly Field[]): Study {
    const { metric, within, familyConfidence } = this.plan;
    // One half is for the selections, the other for the intervals that are shown.
    const prize = { metric, slo: this.slo, within, missing: (1 - familyConfidence) / 2 };
    const study = new Study(name, fields, prize, this.plan.current);
    for (const run of this.done) if (run.study === name) study.add(run);
    return study;
  }
}

/** Whether the load of one of them changes with time. */
function variesOver(setups: readonly FleetSetup[]): boolean {
  return setups.some(({ settings: { load } }) => load !== undefined && parseLoadProfile(load).varies);
}

function sloOf({ settings: { slo } }: FleetSetup): ModelTime | undefined {
  return slo === undefined || slo === "none" ? undefined : Number(slo);
}
