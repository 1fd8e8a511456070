import { EVERYTHING, within as inRange } from "../model/statistics/interval.js";
import { perQuantityConfidence } from "../model/statistics/multiplicity.js";
import type { ModelTime } from "../model/units.js";
import { type Prediction, type Predictions, statusOf } from "../theory/prediction.js";
import { type Judgement, judge, sizeOf, type Verdict } from "../theory/verdict.js";
import { delayBesides, effectOfPauses } from "./delay-effect.js";
import { inputPredictions, inputQuantities } from "./inputs.js";
import type { QuantityDefinition, QuantityRole } from "./quantities.js";
import type { Experiment, Measured, RunConditions } from "./scenario.js";

/** One quantity: what was measured, what is predicted, and how they compare. */
export interface QuantityEvidence extends Judgement {
  readonly name: string;
  readonly role: QuantityRole;
  readonly description: string;
  readonly unit: string;
  /** Null until something has been measured. */
  readonly measured: number | null;
  /** The joint confidence interval; null if there are too few data for one. */
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  /** Sharpest first. */
  readonly predictions: readonly Prediction[];
}

/** Probability that no quantity is found to differ in a run in which every prediction is true. */
export const FAMILY_CONFIDENCE = 0.99;

/** How near a quantity must be known to lie to its prediction to agree with it, relative to it: in virtual time, where runs can be long. */
export const WITHIN_SIMULATED = 0.05;
/** Likewise where a run takes its time. */
export const WITHIN_LIVE = 0.25;

/** The part of that within which inputs must be: they are known soonest, and all else follows from them. */
const INPUTS_WITHIN = 0.2;

/** Largest mean message delay that predictions account for. */
export const GREATEST_MESSAGE_DELAY: ModelTime = 0.1;

export interface WeighOptions {
  /** Joint confidence of all intervals, over all looks at them. */
  readonly familyConfidence: number;
  /** The confidence that the interval of a quantity needs at this look, for that over all looks; the same unless given. */
  readonly atLook?: (confidence: number) => number;
  /** Relative distance from a prediction that still counts as agreement. */
  readonly within: number;
  /** Why nothing is judged, if so: the run is void, or it is not yet time to look. */
  readonly unjudged?: Pick<Judgement, "verdict" | "reason"> | undefined;
}

/**
 * Compares every quantity of an experiment, those of its inputs that were measured first, with its predictions. The intervals hold jointly with the given confidence,
 * so that a table of ten quantities does not have ten times the probability of a false alarm.
 */
export function weigh(
  experiment: Experiment,
  measured: ReadonlyMap<string, Measured>,
  conditions: RunConditions,
  { familyConfidence, atLook = (confidence) => confidence, within, unjudged }: WeighOptions,
): QuantityEvidence[] {
  const predictions = claimsOf(experiment, conditions);
  const quantities = quantitiesOf(experiment).filter(({ role, name }) => role !== "input" || measured.has(name));
  const confidence = atLook(perQuantityConfidence(familyConfidence, quantities.length));
  return quantities.map(({ name, role, description, unit, floor, range = EVERYTHING }) => {
    const found = measured.get(name);
    const claims = predictions.get(name) ?? [];
    const interval = inRange(range, found?.interval(confidence) ?? EVERYTHING);
    const tolerance = { within: role === "input" ? INPUTS_WITHIN * within : within, floor };
    return {
      name,
      role,
      description,
      unit,
      measured: finiteOrNull(found?.value),
      ciLow: finiteOrNull(interval.low),
      ciHigh: finiteOrNull(interval.high),
      predictions: claims,
      ...named(role, judge(interval, claims, tolerance, unjudged)),
    };
  });
}

/** A difference of an input is no finding about theory, and says so. */
function named(role: QuantityRole, judgement: Judgement): Judgement {
  if (role !== "input" || judgement.verdict !== "differs") return judgement;
  return { ...judgement, reason: `input: ${judgement.reason}` };
}

/** All that is measured of an experiment: its inputs, then the scenario's own quantities. */
export function quantitiesOf(experiment: Experiment): QuantityDefinition[] {
  return [...inputQuantities(experiment), ...experiment.quantities];
}

/** What is predicted of each quantity of an experiment, with the status that it has in a run under these conditions. */
export function claimsOf(experiment: Experiment, conditions: RunConditions): Predictions {
  const predictions = new Map([...inputPredictions(experiment), ...experiment.predict(conditions)]);
  return new Map(
    quantitiesOf(experiment).map((quantity) => {
      const { name, role, floor } = quantity;
      const claims = predictions.get(name) ?? [];
      if (role === "input") return [name, claims];
      const despiteDelays = claims.map((claim) => despite(delayUnknownTo(claim, conditions), claim));
      return [name, withoutVague(despitePauses(quantity, despiteDelays, conditions), floor)];
    }),
  );
}

/**
 * The verdict of a whole run. It is void if any quantity is, and differs if any does. It agrees if every headline quantity does: what has
 * no prediction there, or none with a known error, leaves it undecided.
 */
export function overallVerdict(quantities: readonly Pick<QuantityEvidence, "role" | "verdict">[]): Verdict {
  const verdicts = quantities.map(({ verdict }) => verdict);
  if (verdicts.includes("void")) return "void";
  if (verdicts.includes("differs")) return "differs";
  const headline = quantities.filter(({ role }) => role === "headline");
  return headline.length > 0 && headline.every(({ verdict }) => verdict === "agrees") ? "agrees" : "undecided";
}

/**
 * Whether nothing is left to wait for: a difference was found, or all that has a prediction to decide by is decided, but for what is not
 * awaited.
 */
export function isDecided(
  quantities: readonly Pick<QuantityEvidence, "name" | "verdict" | "decidedBy">[],
  notAwaited: ReadonlySet<string>,
): boolean {
  if (quantities.some(({ verdict }) => verdict === "differs")) return true;
  const decidable = quantities.filter(({ name, decidedBy }) => decidedBy !== null && !notAwaited.has(name));
  return decidable.length > 0 && decidable.every(({ verdict }) => verdict === "agrees");
}

/**
 * The claims as they stand with their errors: one that allows nearly everything agrees with nearly everything. Nor do those decide that are
 * less sharp: a smaller error of theirs leaves something out, such as the messages' delays, the pauses of the machine, or the distance of
 * this number of servers from the limit. What is bounded is so all the same.
 */
function withoutVague(claims: readonly Prediction[], floor: number): Prediction[] {
  let why: string | undefined;
  return claims.map((claim) => {
    if (claim.status !== "applies" || claim.kind === "heuristic") return claim;
    const isVague = claim.modelError > Math.max(sizeOf(claim), floor);
    const error = Number(claim.modelError.toPrecision(2));
    if (isVague) why = `it may be off by ${error}, more than the value itself`;
    return isVague || (why !== undefined && claim.kind !== "bound") ? { ...claim, ...statusOf(why) } : claim;
  });
}

/** The claims with the error of pauses, of which no prediction knows. */
function despitePauses(
  { fractionAbove = 1 }: QuantityDefinition,
  claims: readonly Prediction[],
  { heldUpFraction }: RunConditions,
): readonly Prediction[] {
  if (heldUpFraction === 0) return claims;
  const whyNot = `pauses held up ${percent(heldUpFraction)} of the jobs, and ${percent(fractionAbove)} are above this percentile`;
  const isHidden = heldUpFraction >= fractionAbove;
  return claims.map((claim) => ({
    ...claim,
    modelError: claim.modelError + effectOfPauses(heldUpFraction, sizeOf(claim)),
    ...(isHidden && claim.status === "applies" ? statusOf(whyNot) : {}),
  }));
}

function percent(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(2))} %`;
}

/** The message delay that a prediction does not have in it: a simulation has what is part of the system. */
function delayUnknownTo({ kind }: Prediction, conditions: RunConditions): ModelTime {
  return kind === "simulated" ? delayBesides(conditions) : conditions.messageDelay;
}

/** The prediction, with its status given this message delay. */
function despite(messageDelay: ModelTime, claim: Prediction): Prediction {
  if (messageDelay <= GREATEST_MESSAGE_DELAY || claim.status !== "applies") return claim;
  const why = `messages take ${messageDelay.toFixed(3)} time units per job; predictions account for at most ${GREATEST_MESSAGE_DELAY}`;
  return { ...claim, ...statusOf(why) };
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
