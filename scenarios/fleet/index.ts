import { jobParameters } from "../../experiments/job-laws.js";
import {
  bufferSize,
  inForce,
  MOST_MEMBERS,
  oneOf,
  type ParameterValues,
  positiveNumber,
  readParameters,
  wholeNumber,
} from "../../experiments/parameters.js";
import { redundancyOptionsOf, simulatedPolicyParameter } from "../../experiments/routing.js";
import type { Experiment, Scenario, SystemModel } from "../../experiments/scenario.js";
import { stabilityConditions } from "../../experiments/stability.js";
import { clearingTime, coveringStart, startedWith, startParameter } from "../../experiments/starts.js";
import { UserError } from "../../model/errors.js";
import { INITIAL_RATES, parseInitialRates } from "../../model/initial-rates.js";
import { JOB_TIMEOUTS, parseJobTimeout } from "../../model/job-timeout.js";
import { LOAD_PROFILES, type LoadProfile, parseLoadProfile } from "../../model/load-profile.js";
import { withoutContents } from "../../model/named-files.js";
import { groupNames, type JobGroups } from "../../model/statistics/job-times.js";
import type { ModelTime } from "../../model/units.js";
import { simulatedPolicyNamed } from "../../policies/index.js";
import { CLASSES, FLEET_DISCIPLINES, type Fleet, fleetOf, parseClasses } from "./classes.js";
import { jobGroups, PERCENTILES_BY, parsePercentilesBy } from "./groups.js";
import { loadOf, withSizesOfTrace } from "./load.js";
import { FleetMeasurement } from "./measurement.js";
import { delaysOf, NETWORK_DELAYS, parseNetworkDelay, zoneNames } from "./network.js";
import { FleetTheory } from "./predictions.js";
import { fleetQuantities, type WhatIsMeasured } from "./quantities.js";
import { shareGroups } from "./shares.js";

const BY_ARRIVAL_RATE = "by-arrivalRate";

const definitions = {
  servers: {
    description: "servers",
    unit: "servers",
    default: "10",
    range: "whole number >= 1",
    parse: wholeNumber(1, MOST_MEMBERS),
  },
  arrivalRate: {
    description: "arrival rate per server (the load generator's --arrival-rate is that of the whole system)",
    unit: "per time unit",
    default: "0.7",
    range: "> 0; where buffers are infinite, below the mean rate at which a server with all its workers can work",
    parse: positiveNumber,
  },
  load: {
    description: "work that arrives over what all servers can do, instead of arrivalRate; it may vary over time",
    unit: "",
    default: BY_ARRIVAL_RATE,
    range: `${LOAD_PROFILES}; or ${BY_ARRIVAL_RATE}`,
    insteadOf: ["arrivalRate"],
    holdsTimes: true,
    parse: (text: string): LoadProfile | undefined => (text === BY_ARRIVAL_RATE ? undefined : parseLoadProfile(text)),
  },
  ...jobParameters,
  arrivals: {
    ...jobParameters.arrivals,
    description:
      "arrival process, of the rate that arrivalRate or load sets; a trace is repeated, and has its own rate and sizes unless these are set",
  },
  initialRates: {
    description: "law of the rates of the servers (of one worker), which do not change",
    unit: "per time unit",
    default: "constant:1",
    range: INITIAL_RATES,
    parse: parseInitialRates,
  },
  workers: {
    description: "jobs that a server serves at its full rate at once",
    unit: "",
    default: "1",
    range: "whole number >= 1",
    parse: wholeNumber(1),
  },
  discipline: {
    description: "fifo: jobs wait for a free worker, first in first out; ps: all jobs share the workers equally",
    unit: "",
    default: "fifo",
    range: FLEET_DISCIPLINES.join(" | "),
    parse: oneOf(...FLEET_DISCIPLINES),
  },
  classes: {
    description:
      "classes of servers, instead of servers and initialRates; workers and discipline are for those that name none",
    unit: "",
    default: "auto",
    range: CLASSES,
    insteadOf: ["servers", "initialRates"],
    parse: parseClasses,
  },
  start: startParameter(),
  buffer: {
    description: "jobs a server holds at most, those in service included",
    unit: "jobs",
    default: "infinite",
    range: "whole number >= 1, or infinite",
    parse: bufferSize,
  },
  delay: {
    description:
      "how long messages between dispatcher and server take, one way; live it is added to what they take by themselves",
    unit: "time units",
    default: "none",
    range: NETWORK_DELAYS,
    holdsTimes: true,
    parse: parseNetworkDelay,
  },
  dispatcherZones: {
    description:
      "where the dispatchers are, by their numbers, for delays that depend on it; of more of them the list begins again",
    unit: "",
    default: "none",
    range: "ZONE,ZONE,...; or none",
    parse: zoneNames,
  },
  timeout: {
    description:
      "time at its server after which the client of a job gives up: it has timed out; with abandon=yes the server leaves it out when its turn comes",
    unit: "time units",
    default: "none",
    range: JOB_TIMEOUTS,
    holdsTimes: true,
    parse: parseJobTimeout,
  },
  slo: {
    description: "limit of the time that a job should spend at its server, or none",
    unit: "time units",
    default: "none",
    range: "> 0, or none",
    holdsTimes: true,
    parse: (text: string): ModelTime | undefined => (text === "none" ? undefined : positiveNumber(text)),
  },
  percentilesBy: {
    description: "by what percentiles of times, and fractions over slo, are told apart, besides those of all jobs",
    unit: "",
    default: "none",
    range: PERCENTILES_BY,
    parse: parsePercentilesBy,
  },
  keys: {
    description: "affinity keys of jobs, equally likely, by which consistent-hash sends them",
    unit: "keys",
    default: "1",
    range: "whole number >= 1",
    parse: wholeNumber(1, MOST_MEMBERS),
  },
  policy: simulatedPolicyParameter("jsq", "routing policy, or the one that a balancer claims to run"),
} as const;

type Values = ParameterValues<typeof definitions>;

/** Any policy in front of servers of fixed rates: what a balancer is held against that claims to run it. */
export const fleet: Scenario = {
  name: "fleet",
  title: "A fleet of servers behind a load balancer",
  source: "exact results for single queues, and simulation of the policy",
  summary:
    "Servers of fixed rates behind our dispatcher, or behind any balancer that speaks HTTP (verify fleet --via URL --as POLICY). " +
    "Waiting times and queue lengths are measured at the servers, where no balancer can embellish them.",
  parameters: definitions,
  claims: {},
  configure: (settings, seed) => experimentOf(settings, seed),
};

/** @param dispatchers how many there are, once that is known */
function experimentOf(settings: Readonly<Record<string, string>>, seed: string, dispatchers = 0): Experiment {
  const { values, texts } = readParameters(definitions, withSizesOfTrace(settings));
  const { sizes, arrivals, policy, slo, timeout, percentilesBy } = values;
  const servers = fleetOf(values, settings, seed);
  const { buffers, capacity, model } = servers;
  const { arrivalRate, profile, period } = loadOf(values, { capacity, servers: buffers.length }, settings);
  const assumptions = timeout?.abandons
    ? []
    : stabilityConditions({
        ...{ arrivalRate, buffer: Math.max(...buffers), policy, sizes: sizes.name },
        rates: servers.rates.map((rate, server) => rate * servers.workers[server]),
        announced: servers.rates,
      });
  const memory = memoryOf(values, Math.max(...buffers), profile);
  const groups = groupsOf(values, model.classNames.length, dispatchers);
  const what = whatIsMeasured(values, servers, groups);
  const buffer = buffers.every((one) => one === buffers[0]) ? buffers[0] : undefined;
  const delays = delaysOf(values.delay, { ofServers: servers.zones, ofDispatchers: values.dispatcherZones });
  const theory = new FleetTheory(
    {
      ...{ arrivalRate, buffer, policy, sizes, slo, timeout, arrivals: arrivals.text, varies: profile.varies },
      ...{ ...servers, classOf: model.classOf, groups },
      zones: delays.delayBetween === undefined ? [] : servers.zones,
    },
    what.shares,
  );
  const measured = { ...what, sharesAreKnown: theory.knowsShares };
  const clearing = clearingTime(values.start, {
    ...{ policy, arrivalRate: (profile.peak * capacity) / buffers.length, buffer: Math.max(...buffers) },
    rates: servers.rates.map((rate, server) => rate * servers.workers[server]),
  });
  const system: SystemModel = {
    ...model,
    totalArrivalRate: arrivalRate * servers.rates.length,
    ...(profile.varies ? { arrivalSchedule: profile.schedule(capacity) } : {}),
    arrivals,
    sizes,
    backlog: 0,
    policy: simulatedPolicyNamed(policy),
    keys: values.keys,
    timeout: timeout?.after,
    timesApart: groups,
    ...delays,
  };
  const experiment: Experiment = {
    scenario: fleet,
    parameters: inForce({ ...withoutContents(texts), sizes: sizes.name }, settings, definitions),
    system: startedWith(values.start, system, { seed }),
    assumptions,
    ...timesFor(memory, period),
    isPredictedBySimulation: true,
    quantities: fleetQuantities(measured),
    measure: () => new FleetMeasurement(measured, memory),
    predict: ({ messageDelay }) => theory.predictions(messageDelay),
    ...(percentilesBy.includes("dispatcher")
      ? { withDispatchers: (count: number) => experimentOf(settings, seed, count) }
      : {}),
    predictDivided: (division, { messageDelay }) => theory.dividedPredictions(division, messageDelay),
  };
  return coveringStart(experiment, values.start, clearing);
}

function groupsOf({ percentilesBy, policy, sizes }: Values, classes: number, dispatchers: number): JobGroups {
  if (percentilesBy.length > 0 && redundancyOptionsOf(policy) !== undefined)
    throw new UserError(`percentilesBy: a job with copies at several servers is of no single group; omit it`);
  return jobGroups(percentilesBy, { class: classes, type: sizes.types?.length ?? 1, dispatcher: dispatchers });
}

function whatIsMeasured(
  { policy, slo, timeout }: Values,
  { buffers, disciplines, model }: Fleet,
  groups: JobGroups,
): Omit<WhatIsMeasured, "sharesAreKnown"> {
  const sendsCopies = redundancyOptionsOf(policy) !== undefined;
  return {
    ...{ slo, sendsCopies, timesOut: timeout !== undefined, groups: groupNames(groups) },
    waits: !disciplines.includes("ps") && !sendsCopies,
    shares: shareGroups(buffers.length, model),
  };
}

/** Queues forget their past in a time that grows as 1 / (1 - load)^2, and with the variation of the sizes. */
function memoryOf({ sizes, timeout }: Values, buffer: number, { mean: load }: LoadProfile): ModelTime {
  const variation = Math.max(1, (1 + sizes.squaredVariation) / 2);
  if (Number.isFinite(buffer)) return buffer;
  const memory = variation / Math.max(0.02, Math.abs(1 - load)) ** 2;
  // Where jobs are abandoned, waits do not get much longer than the timeout.
  return timeout?.abandons ? Math.min(memory, variation * (1 + timeout.after) ** 2) : memory;
}

/** What repeats itself is measured over whole periods. */
function timesFor(memory: ModelTime, period: ModelTime | undefined): Record<"warmUpTime" | "measuringTime", ModelTime> {
  const measuringTime = 1000 + 20 * memory;
  return {
    warmUpTime: 50 + 4 * memory,
    measuringTime: period === undefined ? measuringTime : Math.ceil(measuringTime / period) * period,
  };
}
