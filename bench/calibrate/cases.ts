import type { Experiment, SystemModel } from "../../experiments/scenario.js";
import type { InitialRates } from "../../model/initial-rates.js";
import { exponentialJobSizes } from "../../model/job-sizes/exponential.js";
import type { MessageDelay } from "../../model/message-delay.js";
import { scenarioNamed } from "../../scenarios/index.js";
import type { Task } from "../../simulator/parallel/task.js";
import { type Judged, untilDecided } from "./runs.js";

/** A system and what runs in its place, to be run with many seeds until decided. */
interface Case {
  readonly name: string;
  readonly scenario: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly messageDelay?: MessageDelay;
  /** What is wrong with the system that runs; nothing if left out. */
  readonly wrong?: (experiment: Experiment, seed: string) => SystemModel;
}

/** Seeds of every healthy case, and of every wrong one. */
export const SEEDS = { healthy: 300, wrong: 100 } as const;
/** Events of a run that is not decided before, as of `equipoise simulate`. */
const EVENTS = 2e7;
const TWO_PERCENT = 1.02;

const DEFAULTS = ["rate-scaling", "jsq-heavy-traffic", "jfsq-zero-waiting", "utility", "spatial-graphs", "fleet"];

const healthy: readonly Case[] = [
  ...DEFAULTS.map((scenario) => ({ name: `${scenario}: defaults`, scenario })),
  ...settingsOf("rate-scaling", [
    { servers: "13", arrivalRate: "0.55", inverseStep: "150" },
    { servers: "40", arrivalRate: "1.2", inverseStep: "20" },
    { buffer: "infinite" },
  ]),
  {
    name: "rate-scaling: message delay 0.03",
    scenario: "rate-scaling",
    messageDelay: { law: "constant", time: 0.015 },
  },
  ...settingsOf("jsq-heavy-traffic", [
    { servers: "3", alpha: "2" },
    { servers: "6", alpha: "1", time: "slotted" },
    { servers: "8", policy: "jsq-d" },
  ]),
  ...settingsOf("jfsq-zero-waiting", [{ servers: "200" }, { servers: "6", rates: "linear:3", buffer: "3" }]),
  ...settingsOf("utility", [{ policy: "slta" }, { pools: "50", offeredLoad: "9.75" }]),
  ...settingsOf("spatial-graphs", [
    { servers: "300", graph: "regular:7" },
    { servers: "40", graph: "complete", choices: "3" },
    { servers: "30", graph: "ring" },
  ]),
  ...settingsOf("fleet", [
    { servers: "5", policy: "random" },
    { servers: "5", policy: "round-robin" },
  ]),
];

const wrong: readonly Case[] = [
  ...DEFAULTS.map((scenario) => ({ name: `${scenario}: 2 % more arrivals`, scenario, wrong: tooManyArrivals })),
  ...DEFAULTS.map((scenario) => ({ name: `${scenario}: 2 % slower service`, scenario, wrong: slowerService })),
  misrouted("rate-scaling", "jiq", "random"),
  misrouted("jsq-heavy-traffic", "jsq", "jsq-d"),
  misrouted("jfsq-zero-waiting", "jfsq", "jsq"),
  misrouted("utility", "jlmu", "jsq"),
  {
    name: "spatial-graphs: d = 1 for d = 2",
    scenario: "spatial-graphs",
    wrong: (_, seed) => systemOf("spatial-graphs", { choices: "1" }, seed),
  },
  misrouted("fleet", "jsq", "jsq-d"),
];

export const CASES: readonly Case[] = [...healthy, ...wrong];

export interface CaseInput {
  /** The name of the case. */
  readonly case: string;
  readonly seed: string;
}

export interface CaseRun extends CaseInput, Judged {
  /** Of the processor. */
  readonly seconds: number;
}

export function seedsOf({ wrong: isWrong }: Case): number {
  return isWrong === undefined ? SEEDS.healthy : SEEDS.wrong;
}

/** One run of a case. */
export function judgeCase(input: CaseInput): CaseRun {
  const startedAt = process.cpuUsage();
  const {
    scenario,
    settings = {},
    messageDelay,
    wrong: makeWrong,
  } = CASES.find(({ name }) => name === input.case) as Case;
  const { seed } = input;
  const experiment = scenarioNamed(scenario).configure(settings, seed);
  const system = makeWrong?.(experiment, seed);
  const judged = untilDecided(experiment, { seed, replication: 1, messageDelay, system }, EVENTS);
  const { user, system: kernel } = process.cpuUsage(startedAt);
  return { ...input, ...judged, seconds: Number(((user + kernel) / 1e6).toFixed(2)) };
}

/** `judgeCase` as a task for worker threads. */
export const caseRun: Task<CaseInput, CaseRun> = { module: import.meta.url, name: "caseRun", run: judgeCase };

function settingsOf(scenario: string, all: readonly Readonly<Record<string, string>>[]): Case[] {
  return all.map((settings) => {
    const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    return { name: `${scenario}: ${words.join(" ")}`, scenario, settings };
  });
}

function misrouted(scenario: string, claimed: string, running: string): Case {
  return {
    name: `${scenario}: ${running} for ${claimed}`,
    scenario,
    wrong: (_, seed) => systemOf(scenario, { policy: running }, seed),
  };
}

function systemOf(scenario: string, settings: Readonly<Record<string, string>>, seed: string): SystemModel {
  return scenarioNamed(scenario).configure(settings, seed).system;
}

function tooManyArrivals({ system }: Experiment): SystemModel {
  return { ...system, totalArrivalRate: TWO_PERCENT * system.totalArrivalRate };
}

/** Fixed rates are lower; where servers set their rates themselves, jobs are larger. */
function slowerService({ system }: Experiment): SystemModel {
  const { server } = system;
  if (server.rateControl.kind === "fixed")
    return { ...system, server: { ...server, initialRates: slower(server.initialRates) } };
  return {
    ...system,
    sizes: {
      ...exponentialJobSizes,
      mean: TWO_PERCENT,
      sequence(random) {
        const sizes = exponentialJobSizes.sequence(random);
        return { next: () => TWO_PERCENT * sizes.next() };
      },
    },
  };
}

function slower(rates: InitialRates): InitialRates {
  switch (rates.law) {
    case "constant":
      return { law: "constant", rate: rates.rate / TWO_PERCENT };
    case "list":
      return { law: "list", rates: rates.rates.map((rate) => rate / TWO_PERCENT) };
    default:
      return { law: "uniform", low: rates.low / TWO_PERCENT, high: rates.high / TWO_PERCENT };
  }
}
