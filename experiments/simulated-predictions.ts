import type { ModelTime } from "../model/units.js";
import { type Prediction, predicted } from "../theory/prediction.js";
import { DELAYS, delayBesides, effectOfDelay, greatestAskedDelay } from "./delay-effect.js";
import { claimsOf } from "./evidence.js";
import type { Experiment, RunConditions } from "./scenario.js";

/** What simulations of a system came to, as plain data. */
export interface Simulated {
  readonly runs: number;
  /** Of each run. */
  readonly measuringTime: ModelTime;
  /** By quantity: its mean without message delays, half the width of its interval, and what the message delays DELAYS add. */
  readonly quantities: Readonly<Record<string, SimulatedQuantity>>;
}

export interface SimulatedQuantity {
  readonly value: number;
  readonly halfWidth: number;
  readonly effects: readonly [near: number, far: number];
}

/** The quantities of which nothing that applies is exact or refined: a simulation says more of them than theory does. */
export function unpredicted(experiment: Experiment): string[] {
  const { system } = experiment;
  // Several dispatchers hear late of one another's jobs: what is known of them without delay is of no use.
  const messageDelay = greatestAskedDelay(system) + (system.division === undefined ? 0 : DELAYS[0]);
  const claims = claimsOf(experiment, { messageDelay, heldUpFraction: 0 });
  return experiment.quantities.map(({ name }) => name).filter((name) => !claims.get(name)?.some(isSharper));
}

/** The same experiment with what was simulated among its predictions. */
export function withSimulated(experiment: Experiment, simulated: Simulated | undefined): Experiment {
  if (simulated === undefined) return experiment;
  return {
    ...experiment,
    predict(conditions) {
      const claims = new Map(experiment.predict(conditions));
      for (const [name, quantity] of Object.entries(simulated.quantities)) {
        const known = claims.get(name) ?? [];
        const own = predictionOf(quantity, simulated, {
          ...conditions,
          messageDelay: Math.max(0, delayBesides(conditions)),
        });
        claims.set(name, [...known.filter(isSharper), own, ...known.filter((claim) => !isSharper(claim))]);
      }
      return claims;
    },
  };
}

function isSharper({ kind, status }: Prediction): boolean {
  return status === "applies" && (kind === "exact" || kind === "refined");
}

/** All that the message delay adds counts as uncertain: its law in a real run is another than that simulated. */
function predictionOf(
  { value, halfWidth, effects }: SimulatedQuantity,
  { runs, measuringTime }: Simulated,
  { messageDelay }: RunConditions,
): Prediction {
  const effect = effectOfDelay(messageDelay, effects);
  const source =
    `own simulation: ${runs} runs of ${Math.round(measuringTime)} time units, and as many with message delays; ` +
    "error: its confidence interval, and the effect of the message delay";
  const modelError = halfWidth + Math.abs(effect);
  return predicted("simulated", { value: value + effect }, source, { modelError });
}
