/**
 * `exact` holds at this number of servers; `refined` is asymptotic with a finite-size correction; `limit` holds as the
 * number of servers grows; `bound` is an inequality.
 */
export type PredictionKind = "exact" | "refined" | "limit" | "bound";

/** Whether the theorem behind a prediction covers the parameters at hand. */
export type PredictionStatus = "applies" | "outside assumptions";

/** What a prediction claims of a quantity. */
export type Claim = { readonly value: number } | { readonly atMost: number } | { readonly atLeast: number };

/** One claim of theory about one quantity. */
export type Prediction = Claim & {
  readonly kind: PredictionKind;
  readonly status: PredictionStatus;
  /** How far the claim itself may be off by what is known of it, in the quantity's unit; 0 for a theorem. */
  readonly modelError: number;
  /** Authors, theorem or equation; or how it was derived. */
  readonly source: string;
  /** Why the status is `outside assumptions`; absent otherwise. */
  readonly why?: string;
};
