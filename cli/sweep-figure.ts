import { z } from "zod";
import type { Figure, Panel, Point } from "../figures/figure.js";
import { perQuantityConfidence } from "../model/statistics/multiplicity.js";
import { scenarios } from "../scenarios/index.js";
import type { SweepPlan, SweepPoint } from "../simulator/sweep.js";
import { sweepRows } from "./sweep-table.js";

const nullable = z.number().nullable();
const interval = { ciLow: nullable, ciHigh: nullable };
const prediction = z.looseObject({ kind: z.string(), modelError: z.number(), value: z.number().optional() });

/** What is drawn of the result of `sweep --json`. */
export const sweepSchema = z.looseObject({
  mode: z.literal("sweep"),
  scenario: z.string(),
  settings: z.record(z.string(), z.string()),
  seed: z.string(),
  replications: z.int().min(1),
  familyConfidence: z.number(),
  varied: z.array(z.looseObject({ name: z.string(), values: z.array(z.string()) })).min(1),
  points: z.array(
    z.looseObject({
      replications: z.number(),
      varied: z.record(z.string(), z.string()),
      quantities: z.array(
        z.looseObject({
          ...{ name: z.string(), role: z.string(), unit: z.string(), measured: nullable, ...interval },
          ...{ verdict: z.string(), predictions: z.array(prediction) },
        }),
      ),
      differences: z.record(z.string(), z.looseObject({ value: z.number(), ...interval })),
    }),
  ),
});

type SweepResult = z.infer<typeof sweepSchema>;
type Quantity = SweepResult["points"][number]["quantities"][number];

/** The result of a sweep as a figure: its headline quantities along the last parameter varied, and a table of everything. */
export function sweepFigure(result: SweepResult): Figure {
  const { scenario, settings, seed, familyConfidence, varied, points } = result;
  const known = scenarios.find(({ name }) => name === scenario);
  const quantities = points[0]?.quantities ?? [];
  const rows = sweepRows(result as unknown as SweepPlan, points as unknown as readonly SweepPoint[]);
  return {
    id: `${scenario}/sweep`,
    title: `${scenario} at several values of ${varied.map(({ name }) => name).join(" and ")}`,
    source: known?.source ?? scenario,
    caption: "Measured quantities with their confidence intervals; all points have common random numbers.",
    claim: known?.summary ?? "",
    parameters: settings,
    seed,
    confidence: perQuantityConfidence(familyConfidence, Math.max(1, quantities.length)),
    panels: quantities.filter(({ role }) => role === "headline").map((quantity) => panelOf(quantity, result)),
    tables: [{ title: "All quantities at all points", ...rows }],
  };
}

/** A line for each combination of the other parameters. */
function panelOf({ name, unit }: Quantity, { varied, points }: SweepResult): Panel {
  const along = varied[varied.length - 1];
  const isNumeric = along.values.every((value) => Number.isFinite(Number(value)));
  const series = new Map<string, Point[]>();
  for (const point of points) {
    const measured = point.quantities.find((quantity) => quantity.name === name);
    if (measured === undefined || measured.measured === null) continue;
    const others = varied.slice(0, -1).map((one) => `${one.name} ${point.varied[one.name]}`);
    const line = others.length === 0 ? name : others.join(", ");
    const value = point.varied[along.name];
    const x = isNumeric ? Number(value) : along.values.indexOf(value) + 1;
    const { ciLow: low, ciHigh: high } = measured;
    const ends = low === null || high === null ? {} : { low, high };
    series.set(line, [...(series.get(line) ?? []), { x, y: measured.measured, ...ends }]);
  }
  const x = { label: isNumeric ? along.name : "", unit: "", scale: "linear" as const };
  return {
    title: name,
    x: isNumeric ? x : { ...x, names: along.values },
    y: { label: name, unit, scale: "linear" },
    series: [...series].map(([quantity, found]) => ({
      ...{ quantity, role: "simulated" as const },
      points: found.toSorted((a, b) => a.x - b.x),
    })),
  };
}
