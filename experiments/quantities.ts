import type { Interval } from "../model/statistics/interval.js";

/**
 * What a quantity is for. `input`: what the system was given rather than what follows from it (arrivals, sizes, speeds); if one differs,
 * the run is not of the system that the predictions are for. `headline`: what the scenario is about; a run agrees only if these do.
 */
export const QUANTITY_ROLES = ["input", "headline", "other"] as const;
export type QuantityRole = (typeof QUANTITY_ROLES)[number];

/** Description and unit of a quantity. */
export interface QuantityMeaning {
  readonly description: string;
  /** "" for a pure number. */
  readonly unit: string;
  /** The values that are possible; any unless given. */
  readonly range?: Interval;
}

export const FRACTION: Interval = { low: 0, high: 1 };
export const NOT_NEGATIVE: Interval = { low: 0, high: Number.POSITIVE_INFINITY };

/** A quantity as a scenario declares it, keyed by its name. */
export interface QuantityDeclaration<Known> extends QuantityMeaning {
  /** `other` unless given. */
  readonly role?: QuantityRole;
  /**
   * Difference from a prediction that is never of interest, in the quantity's unit, where one relative to the predicted value would be too
   * small: for predictions of 0, rare events and values on a lattice. 0 unless given. May depend on the scenario's parameters.
   */
  readonly floor?: number | ((known: Known) => number);
  /** Of a percentile of the jobs' times: the fraction of jobs that are above it. */
  readonly fractionAbove?: number;
  /** Set if a run does not wait for it: distances between laws are known much later than all else. */
  readonly isNotAwaited?: true;
}

/** Declarations by name, for `satisfies`: the keys are the names that measurements and predictions may use. */
export type QuantityDeclarations<Known = unknown> = Readonly<Record<string, QuantityDeclaration<Known>>>;

/** A quantity of an experiment: its declaration evaluated at the parameters. */
export interface QuantityDefinition<Name extends string = string> extends QuantityMeaning {
  readonly name: Name;
  readonly role: QuantityRole;
  /** As declared, in the quantity's unit. */
  readonly floor: number;
  readonly fractionAbove?: number;
  readonly isNotAwaited?: true;
}

/** The names of the quantities that a function of the parameters returns. */
export type NamesOf<Quantities extends (...known: never[]) => readonly QuantityDefinition[]> =
  ReturnType<Quantities>[number]["name"];

/** The declared quantities, in order, evaluated at the scenario's parameters. */
export function quantitiesAt<Name extends string, Known>(
  declarations: Readonly<Record<Name, QuantityDeclaration<Known>>>,
  known: Known,
): QuantityDefinition<Name>[] {
  const entries = Object.entries(declarations) as [Name, QuantityDeclaration<Known>][];
  return entries.map(
    ([name, { description, unit, range, role = "other", floor = 0, fractionAbove, isNotAwaited }]) => ({
      name,
      description,
      unit,
      ...(range === undefined ? {} : { range }),
      role,
      floor: typeof floor === "function" ? floor(known) : floor,
      ...(fractionAbove === undefined ? {} : { fractionAbove }),
      ...(isNotAwaited === undefined ? {} : { isNotAwaited }),
    }),
  );
}
