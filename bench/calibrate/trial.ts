import { claimsOf } from "../../experiments/evidence.js";
import type { Experiment } from "../../experiments/scenario.js";
import { settled } from "../../experiments/settled.js";
import { messageOf, UserError } from "../../model/errors.js";
import { scenarioNamed } from "../../scenarios/index.js";
import type { Task } from "../../simulator/parallel/task.js";
import type { Prediction, Predictions } from "../../theory/prediction.js";
import { deciding } from "../../theory/verdict.js";
import { eventsPerTime, type Judged, untilDecided } from "./runs.js";
import { type Truth, truthOf } from "./truth.js";

/** One setting. */
export interface TrialInput {
  readonly scenario: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: string;
}

/** A prediction that decides, beside the truth. */
export interface PredictionTrial {
  readonly kind: Prediction["kind"];
  readonly modelError: number;
  /** How far the truth is outside that error, in standard errors; 0 if inside. */
  readonly beyond: number;
  /** Whether the truth is too coarse to say so. */
  readonly isTested: boolean;
}

/** The results for one quantity. */
export interface QuantityTrial extends Pick<Truth, "standardError" | "intervals" | "containing"> {
  readonly name: string;
  readonly truth: number;
  readonly predictions: readonly PredictionTrial[];
}

/** The results for one setting. */
export interface Trial extends TrialInput {
  /** Of the processor. */
  readonly predictSeconds: number;
  /** Why the setting was refused, or the error; absent if there was none. */
  readonly refused?: string;
  readonly crashed?: string;
  /** A run until decided; absent if it would take too long. */
  readonly run?: Judged;
  /** The same if 2 % more jobs arrive than predictions assume. */
  readonly wrong?: Judged;
  /** Empty if the truth would take too long to find. */
  readonly quantities: readonly QuantityTrial[];
}

/** Replications of one system from these numbers on. */
const SERIES = { long: 0, run: 1000, wrong: 2000, longer: 3000 } as const;
/** How many times as long the runs are that check what seems to be outside. */
const AGAIN = 4;
/** Events of a run that is not decided before. */
const EVENTS = 3e5;
const MOST_EVENTS = 1e6;
/** Standard errors of the truth beyond which a prediction is outside its error. */
export const STANDARD_ERRORS = 3;
/** Largest standard error of the truth, relative to a prediction's error, with which that error can be tested. */
const COARSE = 1 / 3;
/** What rounding, and solutions by iteration, may change of an exact value. */
const ROUNDING = 1e-7;
const TOO_MANY = 1.02;
/** More standard errors than this are not told apart. */
const GREATEST = 1e6;

/** Compares the predictions of one setting with the truth, and judges runs of the right and of a wrong system. */
export function calibrate({ scenario, settings, seed }: TrialInput): Trial {
  const nothing = { scenario, settings, seed, quantities: [] };
  const startedAt = cpuSeconds();
  let predictSeconds = 0;
  try {
    const configured = scenarioNamed(scenario).configure(settings, seed);
    const experiment = settled(configured, configured.warmUpTime);
    const predictions = claimsOf(experiment, { messageDelay: 0, heldUpFraction: 0 });
    predictSeconds = rounded(cpuSeconds() - startedAt);
    checkFinite(predictions);
    return {
      ...{ ...nothing, predictSeconds },
      ...judgedRuns(experiment, seed),
      quantities: compare(experiment, predictions, seed),
    };
  } catch (error) {
    const why = messageOf(error);
    return { ...nothing, predictSeconds, ...(error instanceof UserError ? { refused: why } : { crashed: why }) };
  }
}

function checkFinite(predictions: Predictions): void {
  for (const [name, claims] of predictions)
    for (const claim of claims)
      if (!Number.isFinite(claimed(claim)) || !Number.isFinite(claim.modelError))
        throw new Error(`${name}: ${claim.kind} ${claimed(claim)} +- ${claim.modelError}`);
}

function claimed(claim: Prediction): number {
  return "value" in claim ? claim.value : "atMost" in claim ? claim.atMost : claim.atLeast;
}

function judgedRuns(experiment: Experiment, seed: string): Pick<Trial, "run" | "wrong"> {
  const { system, measuringTime, warmUpTime } = experiment;
  if ((measuringTime + warmUpTime) * eventsPerTime(experiment) > MOST_EVENTS) return {};
  const run = untilDecided(experiment, { seed, replication: SERIES.run }, EVENTS);
  const tooMany = { ...system, totalArrivalRate: TOO_MANY * system.totalArrivalRate };
  if (system.slots !== undefined || system.arrivalSchedule !== undefined) return { run };
  return { run, wrong: untilDecided(experiment, { seed, replication: SERIES.wrong, system: tooMany }, EVENTS) };
}

/** One of some hundred predictions is outside by chance: those that are, are compared once more. */
function compare(experiment: Experiment, predictions: Predictions, seed: string): QuantityTrial[] {
  const first = comparisons(predictions, truthOf(experiment, seed, SERIES.long));
  if (!first.some(isOutside)) return first;
  const again = new Map(
    comparisons(predictions, truthOf(experiment, seed, SERIES.longer, AGAIN)).map((one) => [one.name, one]),
  );
  return first.map((one) => (isOutside(one) ? (again.get(one.name) ?? one) : one));
}

export function isOutside({ predictions }: QuantityTrial): boolean {
  return predictions.some(({ beyond }) => beyond > STANDARD_ERRORS);
}

function comparisons(predictions: Predictions, truths: ReadonlyMap<string, Truth> | undefined): QuantityTrial[] {
  return [...(truths ?? [])].map(([name, { value, standardError, bias, intervals, containing }]) => {
    const judges = deciding(predictions.get(name) ?? []);
    const simulated = { value, unit: Math.max(standardError, ROUNDING * Math.abs(value)), bias };
    // An exact value that the simulation confirms is the sharper truth for all others.
    const exact = judges.find((claim) => claim.kind === "exact" && claim.modelError <= ROUNDING * claimed(claim));
    const isConfirmed = exact !== undefined && beyond(exact, simulated) <= STANDARD_ERRORS;
    const sharp = { value: isConfirmed ? claimed(exact) : value, unit: ROUNDING * Math.abs(value), bias: 0 };
    return {
      ...{ name, truth: significant(value), standardError: significant(standardError), intervals, containing },
      predictions: judges.map((claim) => {
        const truth = isConfirmed && claim !== exact ? sharp : simulated;
        const { kind, modelError } = claim;
        const distance = beyond(claim, truth);
        // What never varied in any run, such as what is too rare to be seen, is known no better than not at all.
        const isKnown = standardError > 0 || isConfirmed || distance === 0;
        const isTested = isKnown && (modelError === 0 || truth.unit <= COARSE * modelError);
        return { kind, modelError: significant(modelError), beyond: isKnown ? significant(distance) : 0, isTested };
      }),
    };
  });
}

/** A value with its error, and a bound on its bias. */
interface Simulated {
  readonly value: number;
  readonly unit: number;
  readonly bias: number;
}

/** How far a value is outside a prediction widened by its error, in units of the value's own error. */
function beyond(claim: Prediction, { value, unit, bias }: Simulated): number {
  const distance =
    "value" in claim ? Math.abs(value - claim.value) : "atMost" in claim ? value - claim.atMost : claim.atLeast - value;
  const outside = Math.max(0, distance - claim.modelError - bias);
  return outside === 0 ? 0 : Math.min(GREATEST, outside / unit);
}

/** Used by this process, which other programs do not prolong. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function significant(value: number): number {
  return Number(value.toPrecision(6));
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(3));
}

/** `calibrate` as a task for worker threads. */
export const trialRun: Task<TrialInput, Trial> = { module: import.meta.url, name: "trialRun", run: calibrate };
