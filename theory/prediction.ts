/**
 * `exact` holds at this number of servers; `refined` is asymptotic with a finite-size correction; `simulated` is what our own simulation
 * of the system came to, and no theory; `limit` holds as the number of servers grows; `bound` is an inequality; `heuristic` has an
 * error that is neither proved nor calibrated: it is shown, and never judged.
 */
export const PREDICTION_KINDS = ["exact", "refined", "simulated", "limit", "bound", "heuristic"] as const;
export type PredictionKind = (typeof PREDICTION_KINDS)[number];

/** Whether the theorem behind a prediction covers the parameters at hand. */
export type PredictionStatus = "applies" | "outside assumptions";

/** What a prediction claims about a quantity. */
export type Claim = { readonly value: number } | { readonly atMost: number } | { readonly atLeast: number };

/** One claim of theory about one quantity. */
export type Prediction = Claim & {
  readonly kind: PredictionKind;
  readonly status: PredictionStatus;
  /** Error bound or estimate of the claim itself, in the quantity's unit; 0 for a theorem. */
  readonly modelError: number;
  /** Authors, theorem or equation; or how it was derived. */
  readonly source: string;
  /** Why the status is `outside assumptions`; absent otherwise. */
  readonly why?: string;
};

/** The predictions of each quantity by its name, sharpest first. */
export type Predictions<Name extends string = string> = ReadonlyMap<Name, readonly Prediction[]>;

export interface PredictionOptions {
  /** 0 unless given. */
  readonly modelError?: number;
  /** Why the theorem does not cover the parameters at hand; left out where it does. */
  readonly whyOutside?: string | undefined;
}

/** What a theorem, or whatever else `source` names, claims of a quantity. */
export function predicted(
  kind: PredictionKind,
  claim: Claim,
  source: string,
  { modelError = 0, whyOutside }: PredictionOptions = {},
): Prediction {
  return { kind, ...claim, modelError, source, ...statusOf(whyOutside) };
}

/** A value that holds at this number of servers. */
export function exact(value: number, source: string, options?: PredictionOptions): Prediction {
  return predicted("exact", { value }, source, options);
}

/** An inequality. */
export function bound(
  claim: { readonly atMost: number } | { readonly atLeast: number },
  source: string,
  options?: PredictionOptions,
): Prediction {
  return predicted("bound", claim, source, options);
}

/** The status of a prediction that something speaks against, or nothing. */
export function statusOf(whyOutside: string | undefined): Pick<Prediction, "status" | "why"> {
  return whyOutside === undefined ? { status: "applies" } : { status: "outside assumptions", why: whyOutside };
}

/** The same predictions, with something that speaks against all of them but those that hold `anyway`. */
export function allOutside(
  predictions: Predictions,
  why: string,
  anyway: (quantity: string, claim: Prediction) => boolean = () => false,
): Predictions {
  return new Map(
    [...predictions].map(([name, claims]) => [
      name,
      claims.map((claim) => (anyway(name, claim) ? claim : { ...claim, ...statusOf(why) })),
    ]),
  );
}

/** Predictions one by one, each with the name of its quantity, as the predictions of each quantity in the same order. */
export function byQuantity<Name extends string>(all: Iterable<readonly [Name, Prediction]>): Map<Name, Prediction[]> {
  const found = new Map<Name, Prediction[]>();
  for (const [name, prediction] of all) {
    const known = found.get(name);
    if (known === undefined) found.set(name, [prediction]);
    else known.push(prediction);
  }
  return found;
}

/** The first prediction of each quantity: where others solve the same system, the one that does so best. */
export function firstOfEach<Name extends string>(
  all: readonly (readonly [Name, Prediction])[],
): (readonly [Name, Prediction])[] {
  const seen = new Set<Name>();
  return all.filter(([name]) => !seen.has(name) && seen.add(name));
}
