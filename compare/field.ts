import type { Experiment } from "../experiments/scenario.js";
import { Unstable } from "../experiments/stability.js";
import { initialRate } from "../model/initial-rates.js";
import { parseLoadProfile } from "../model/load-profile.js";
import { serverModelOf } from "../model/server-model.js";
import type { ModelTime, Rate } from "../model/units.js";
import { amongEquals, generalPolicies } from "../policies/index.js";
import { experimentOf, type FleetSetup } from "./replication.js";
import { definitionOf, type Metric } from "./sample.js";

/** A policy, and what is to be said of it. */
export interface Remark {
  readonly policy: string;
  readonly why: string;
}

/** The policies that can be compared in front of one fleet at one load, and for how long each replication runs. */
export interface Field {
  /** What arrives over what the servers can do, in the long run. */
  readonly load: number;
  readonly setup: FleetSetup;
  readonly policies: readonly string[];
  /** Policies whose queues certainly grow for ever. */
  readonly unstable: readonly Remark[];
  /** Policies of which it is not known whether they have a steady state. */
  readonly uncertain: readonly Remark[];
  readonly warmUpTime: ModelTime;
  readonly measuringTime: ModelTime;
}

/**
 * A replication lasts so many times its warm-up: longer ones would throw less away, but it takes ten of them until the first policies drop
 * out.
 */
const WARM_UPS = 2;
/** Jobs of a replication, at least: for a percentile, so many are to be above it, and overall. */
const JOBS_ABOVE = 100;
const LEAST_JOBS = 2000;

/** The same fleet at another load, whatever it was set by. */
export function atLoad(setup: FleetSetup, load: number): FleetSetup {
  const { arrivalRate: _, ...settings } = setup.settings;
  return { ...setup, settings: { ...settings, load: String(load) } };
}

/** The same fleet under a policy. */
export function under(setup: FleetSetup, policy: string): FleetSetup {
  return { ...setup, settings: { ...setup.settings, policy } };
}

/**
 * The field at the load that the setup has.
 *
 * @param metrics that are estimated
 * @throws UserError if a setting is invalid
 */
export function fieldOf(setup: FleetSetup, policies: readonly string[], metrics: readonly Metric[]): Field {
  const found = policies.map((policy) => ({ policy, experiment: stableOrWhy(under(setup, policy)) }));
  const stable = found.flatMap(({ policy, experiment }) =>
    typeof experiment === "string" ? [] : [{ policy, experiment }],
  );
  const unstable = found.flatMap(({ policy, experiment }) =>
    typeof experiment === "string" ? [{ policy, why: experiment }] : [],
  );
  const uncertain = stable.flatMap(({ policy, experiment }) =>
    experiment.assumptions.filter(({ holds }) => !holds).map(({ meaning }) => ({ policy, why: meaning })),
  );
  const experiment = stable[0]?.experiment ?? experimentOf(withRoom(setup));
  return {
    load: experiment.system.totalArrivalRate / capacityOf(experiment, setup.seed),
    setup,
    policies: stable.map(({ policy }) => policy),
    ...{ unstable, uncertain },
    ...timesOf(experiment, setup, metrics),
  };
}

/** General policies in front of a fleet, each rule once. */
export interface EveryPolicy {
  readonly policies: readonly string[];
  /** Those that are another one of them on this fleet. */
  readonly copies: readonly Remark[];
}

/** Every general policy, but for those that are another one where servers are equally fast, if they are. Throws UserError if a setting is invalid. */
export function everyPolicy(setup: FleetSetup): EveryPolicy {
  const names = generalPolicies.map(({ name }) => name);
  if (!areEquals(setup)) return { policies: names, copies: [] };
  const copies = names.flatMap((policy) => {
    const same = amongEquals(policy);
    return same === undefined ? [] : [{ policy, why: `is ${same} where all servers are equally fast` }];
  });
  return { policies: names.filter((name) => copies.every(({ policy }) => policy !== name)), copies };
}

function areEquals(setup: FleetSetup): boolean {
  const { system } = experimentOf(withRoom(setup));
  const rateOf = (server: number): Rate => initialRate(system.server.initialRates, setup.seed, server);
  return Array.from({ length: system.servers }, (_, server) => rateOf(server)).every((rate) => rate === rateOf(0));
}

/** The experiment, or why its queues grow for ever. */
function stableOrWhy(setup: FleetSetup): Experiment | string {
  try {
    return experimentOf(setup);
  } catch (error) {
    if (!(error instanceof Unstable)) throw error;
    return error.message;
  }
}

/** With finite buffers nothing is unstable. */
function withRoom(setup: FleetSetup): FleetSetup {
  return { ...setup, settings: { ...setup.settings, buffer: "1" } };
}

/** The rate at which all servers together can work. */
function capacityOf({ system }: Experiment, seed: string): Rate {
  let capacity = 0;
  for (let server = 0; server < system.servers; server++)
    capacity += initialRate(system.server.initialRates, seed, server) * (serverModelOf(system, server).workers ?? 1);
  return capacity;
}

/** The times of a replication, the same for all policies: whole periods of a load that repeats itself. */
function timesOf(
  { warmUpTime, system: { totalArrivalRate } }: Experiment,
  { settings: { load } }: FleetSetup,
  metrics: readonly Metric[],
): Pick<Field, "warmUpTime" | "measuringTime"> {
  const jobs = Math.max(
    LEAST_JOBS,
    ...metrics.map((metric) => JOBS_ABOVE / (1 - (definitionOf(metric).percentile ?? 0))),
  );
  const wanted = Math.max(WARM_UPS * warmUpTime, jobs / totalArrivalRate);
  const period = load === undefined ? undefined : parseLoadProfile(load).period;
  return {
    warmUpTime: Math.ceil(warmUpTime),
    measuringTime: period === undefined ? Math.ceil(wanted) : Math.ceil(wanted / period) * period,
  };
}
