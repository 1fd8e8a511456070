import { EXIT } from "../live/process.js";
import { withFiles } from "../live/setting-files.js";
import { VERSION } from "../live/version.js";
import { scenarioNamed, scenarios } from "../scenarios/index.js";
import { readSettings } from "../scenarios/parameters.js";
import type { Experiment } from "../scenarios/scenario.js";
import type { Prediction } from "../theory/prediction.js";
import { checkWritable, print, writeResult } from "./output.js";
import { RESULT_FORMAT, type Result } from "./result.js";
import { describePredicted, layOut } from "./table.js";

/** `equipoise list`: every scenario. */
export function list(): number {
  print(
    layOut(
      ["scenario", "what it shows", "paper"],
      scenarios.map((s) => [s.name, s.title, s.source]),
      new Set(),
    ),
  );
  return EXIT.ok;
}

/** `equipoise describe`: parameters and quantities of a scenario. */
export function describe(name: string): number {
  const scenario = scenarioNamed(name);
  const parameters = Object.entries(scenario.parameters).map(([parameter, definition]) => [
    parameter,
    definition.default,
    definition.unit,
    definition.range,
    definition.description,
  ]);
  const { quantities } = scenario.configure({}, "1");
  print(`${scenario.name}: ${scenario.title}\n${scenario.source}\n\n${scenario.summary}\n`);
  print(layOut(["parameter", "default", "unit", "range", "meaning"], parameters, new Set()));
  print("");
  print(
    layOut(
      ["quantity", "unit", "meaning"],
      quantities.map((q) => [q.name, q.unit, q.description]),
      new Set(),
    ),
  );
  return EXIT.ok;
}

/** `equipoise predict`: what theory says, without running anything. */
export function predict(name: string, flags: { set: readonly string[]; seed: string; json?: string }): number {
  const experiment = scenarioNamed(name).configure(withFiles(readSettings(flags.set)), flags.seed);
  if (flags.json !== undefined) checkWritable(flags.json);
  const predictions = experiment.predict({ messageDelay: 0, heldUpFraction: 0 });
  const rows = experiment.quantities.flatMap((quantity) =>
    (predictions.get(quantity.name) ?? []).map((prediction) => [
      quantity.name,
      describePredicted(prediction),
      prediction.kind,
      statusOf(prediction),
      prediction.source,
    ]),
  );
  print(layOut(["quantity", "predicted", "kind", "status", "source"], rows, new Set()), flags.json);
  if (experiment.assumptions.length > 0) {
    const conditions = experiment.assumptions.map((a) => [a.condition, a.holds ? "holds" : "VIOLATED", a.meaning]);
    print(`\n${layOut(["assumption", "", "meaning"], conditions, new Set())}`, flags.json);
    for (const violated of experiment.assumptions.filter((a) => !a.holds)) {
      print(`assumption ${violated.condition} is violated: ${violated.consequence}`, flags.json);
    }
  }
  if (flags.json !== undefined) writeResult(predictedResult(experiment, flags.seed, predictions), flags.json);
  return EXIT.ok;
}

function statusOf({ status, why }: Prediction): string {
  return why === undefined ? status : `${status}: ${why}`;
}

function predictedResult(
  experiment: Experiment,
  seed: string,
  predictions: ReadonlyMap<string, readonly Prediction[]>,
): Result {
  return {
    format: RESULT_FORMAT,
    version: VERSION,
    mode: "predicted",
    scenario: experiment.scenario.name,
    parameters: { ...experiment.parameters },
    seed,
    timeUnitSeconds: null,
    replications: 0,
    warmUpTime: experiment.warmUpTime,
    measuredTime: 0,
    familyConfidence: 0,
    conditions: null,
    jobs: null,
    policy: null,
    assumptions: [...experiment.assumptions],
    verdict: null,
    whyVoid: null,
    quantities: experiment.quantities.map(({ name, description, unit }) => ({
      name,
      description,
      unit,
      measured: null,
      ciLow: null,
      ciHigh: null,
      predictions: [...(predictions.get(name) ?? [])],
      verdict: "undecided",
      reason: "nothing was measured",
    })),
  };
}
