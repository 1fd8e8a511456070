import { standing } from "../experiments/scenario.js";
import type { Figure, Panel, Point, SeriesRole, Table } from "../figures/figure.js";
import { perQuantityConfidence } from "../model/statistics/multiplicity.js";
import { scenarios } from "../scenarios/index.js";
import type { Result } from "./result.js";

type Quantity = Result["quantities"][number];
type Prediction = Quantity["predictions"][number];

/** The result of a run as a figure: ratios of measured to predicted values, and tables of everything in the result. */
export function resultFigure(result: Result): Figure {
  const { mode, scenario: name, quantities, familyConfidence, verdict, whyVoid } = result;
  const scenario = scenarios.find((candidate) => candidate.name === name);
  const outcome =
    mode === "predicted" ? "what theory predicts" : `verdict ${whyVoid === null ? verdict : `void (${whyVoid})`}`;
  return {
    id: `${name}/${mode}`,
    title: outcome,
    source: scenario?.source ?? name,
    caption:
      mode === "predicted"
        ? "Predictions of theory; nothing was measured."
        : `Each measured quantity divided by its sharpest prediction, with its confidence interval; at 1 they are equal. ` +
          `The intervals hold jointly with confidence ${percent(familyConfidence)}. A quantity whose prediction is 0 is in the table only.`,
    claim: scenario?.summary ?? "",
    parameters: result.parameters,
    seed: result.seed,
    confidence: perQuantityConfidence(familyConfidence, Math.max(1, quantities.length)),
    panels: mode === "predicted" ? [] : [ratioPanel(result)],
    tables: [verdictTable(quantities), ...runTable(result), assumptionTable(result)],
  };
}

/** The sharpest prediction that gives a value, not a bound. */
function sharpest({ predictions }: Quantity): (Prediction & { readonly value: number }) | undefined {
  return predictions.flatMap((prediction) =>
    prediction.value === undefined ? [] : [{ ...prediction, value: prediction.value }],
  )[0];
}

function ratioPanel({ quantities, mode }: Result): Panel {
  const shown = quantities.flatMap((quantity) => {
    const prediction = sharpest(quantity);
    return quantity.measured === null || prediction === undefined || prediction.value === 0
      ? []
      : [{ ...quantity, measured: quantity.measured, value: prediction.value, error: prediction.modelError }];
  });
  const measured = shown.map(({ measured: y, ciLow, ciHigh, value }, i): Point => {
    const ends = ciLow === null || ciHigh === null ? {} : { low: ciLow / value, high: ciHigh / value };
    return { x: i + 1, y: y / value, ...ends };
  });
  const predicted = shown.map(({ value, error }, i) => ({
    x: i + 1,
    y: 1,
    low: 1 - error / Math.abs(value),
    high: 1 + error / Math.abs(value),
  }));
  return {
    title: "",
    x: { label: "", unit: "", scale: "linear", names: shown.map(({ name }) => name) },
    y: { label: "measured / predicted", unit: "", scale: "linear" },
    series: [
      // Nothing is between quantities: no line joins them.
      { quantity: "predicted, with its model error", role: "refined", mark: "points", points: predicted },
      { quantity: "measured", role: mode as SeriesRole & Result["mode"], points: measured },
    ],
  };
}

function verdictTable(quantities: readonly Quantity[]): Table {
  return {
    title: "Quantities",
    columns: [
      ...["quantity", "measured", "low", "high", "predicted", "model error", "verdict"],
      ...["reason", "unit", "kind", "status", "source", "meaning"],
    ],
    rows: quantities.map((quantity) => {
      const { name, measured, ciLow, ciHigh, unit, verdict, reason, description, predictions } = quantity;
      const prediction = sharpest(quantity) ?? predictions[0];
      const claim = prediction?.value ?? prediction?.atMost ?? prediction?.atLeast ?? null;
      const { modelError = null, kind = null, status = null, source = null } = prediction ?? {};
      const figures = [measured, ciLow, ciHigh, claim, modelError];
      return [name, ...figures, verdict, reason, unit, kind, status, source, description];
    }),
  };
}

function runTable(result: Result): Table[] {
  const { version, mode, timeUnitSeconds, warmUpTime, measuredTime, conditions, jobs, policy, replications } = result;
  if (mode === "predicted") return [];
  const rows: (readonly [string, string | number | null])[] = [
    ["version of Equipoise", version],
    ["mode", mode],
    ["replications", replications],
    ["length of a time unit, seconds", timeUnitSeconds],
    ["warm-up, time units", warmUpTime],
    ["measured, time units", measuredTime],
    ...Object.entries(jobs ?? {}).map(([name, count]) => [`jobs ${name}`, count] as const),
    ...(policy === null
      ? []
      : ([
          ["policy", policy.name],
          ["policy messages per job", policy.messagesPerJob],
          ["bits of state per server", policy.bitsPerServer],
        ] as const)),
    ...(conditions === null
      ? []
      : ([
          ["message delay per job, time units", conditions.messageDelay],
          ["of it asked for", conditions.askedDelay],
          ["jobs held up, fraction", conditions.heldUpFraction],
          ["schedule lag per job, time units", conditions.scheduleLag],
        ] as const)),
  ];
  return [{ title: "The run", columns: ["what", "value"], rows }];
}

function assumptionTable({ assumptions }: Result): Table {
  return {
    title: "Assumptions of the theorems",
    columns: ["condition", "here", "meaning", "consequence of a violation"],
    rows: assumptions.map(({ condition, holds, meaning, consequence }) => [
      condition,
      standing({ holds }),
      meaning,
      consequence,
    ]),
  };
}

function percent(fraction: number): string {
  return `${Number((100 * fraction).toFixed(4))} %`;
}
