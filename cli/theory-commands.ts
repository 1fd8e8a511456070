import { claimsOf, quantitiesOf } from "../experiments/evidence.js";
import { readSettings } from "../experiments/parameters.js";
import { type Experiment, standing } from "../experiments/scenario.js";
import { EXIT } from "../live/processes/process.js";
import { withFiles } from "../live/processes/setting-files.js";
import { VERSION } from "../live/processes/version.js";
import { wrapped } from "../model/wrapped.js";
import { policies } from "../policies/index.js";
import { scenarioNamed, scenarios } from "../scenarios/index.js";
import type { Prediction } from "../theory/prediction.js";
import { checkWritable, paperFor, print, writeJson } from "./output.js";
import { layOut } from "./paper.js";
import { parameterList, textWidth } from "./parameter-list.js";
import { RESULT_FORMAT, type Result } from "./result.js";
import { describePredicted } from "./table.js";

/** `equipoise list`: all scenarios and policies. */
export function list(): number {
  print(
    layOut(
      ["scenario", "what it shows", "paper"],
      scenarios.map((s) => [s.name, s.title, s.source]),
      new Set(),
      paperFor(),
    ),
  );
  print("");
  print(
    layOut(
      ["policy", "fleet", "where a job goes"],
      policies.map(({ family, fleet, summary }) => [family.form, fleet, summary]),
      new Set(),
      paperFor(),
    ),
  );
  return EXIT.ok;
}

/** `equipoise describe`: parameters and quantities of a scenario. */
export function describe(name: string, { set }: { readonly set: readonly string[] }): number {
  const scenario = scenarioNamed(name);
  const settings = readSettings(set);
  const quantities = quantitiesOf(scenario.configure(withFiles(settings), "1"));
  print(`${scenario.name}: ${scenario.title}\n${scenario.source}\n\n${wrapped(scenario.summary, textWidth(), "")}\n`);
  print(`${parameterList(scenario.parameters, settings)}\n`);
  print(
    layOut(
      ["quantity", "role", "unit", "meaning"],
      quantities.map((q) => [q.name, q.role, q.unit, q.description]),
      new Set(),
      paperFor(),
    ),
  );
  return EXIT.ok;
}

/** `equipoise predict`: what theory predicts, without running anything. */
export function predict(name: string, flags: { set: readonly string[]; seed: string; json?: string }): number {
  const experiment = scenarioNamed(name).configure(withFiles(readSettings(flags.set)), flags.seed);
  if (flags.json !== undefined) checkWritable(flags.json);
  const predictions = claimsOf(experiment, { messageDelay: 0, heldUpFraction: 0 });
  const rows = experiment.quantities.flatMap((quantity) =>
    (predictions.get(quantity.name) ?? []).map((prediction) => [
      quantity.name,
      describePredicted(prediction),
      prediction.kind,
      statusOf(prediction),
      prediction.source,
    ]),
  );
  const paper = paperFor(flags.json);
  print(layOut(["quantity", "predicted", "kind", "status", "source"], rows, new Set(), paper), flags.json);
  if (experiment.assumptions.length > 0) {
    const conditions = experiment.assumptions.map((a) => [
      a.condition,
      standing(a).replace("violated", "VIOLATED"),
      a.meaning,
    ]);
    print(`\n${layOut(["assumption", "", "meaning"], conditions, new Set(), paper)}`, flags.json);
    for (const doubtful of experiment.assumptions.filter((a) => a.holds !== true)) {
      print(`assumption ${doubtful.condition} is ${standing(doubtful)}: ${doubtful.consequence}`, flags.json);
    }
  }
  if (flags.json !== undefined) writeJson(predictedResult(experiment, flags.seed, predictions), flags.json);
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
    within: 0,
    looks: 0,
    stoppedBy: null,
    conditions: null,
    jobs: null,
    policy: null,
    assumptions: [...experiment.assumptions],
    verdict: null,
    whyVoid: null,
    quantities: experiment.quantities.map(({ name, role, description, unit }) => ({
      name,
      role,
      description,
      unit,
      measured: null,
      ciLow: null,
      ciHigh: null,
      predictions: [...(predictions.get(name) ?? [])],
      verdict: "undecided",
      reason: "nothing was measured",
      decidedBy: null,
      margin: null,
      wouldFind: null,
    })),
  };
}
