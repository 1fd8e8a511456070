import { withoutContent } from "../model/named-files.js";
import type { SweepPlan, SweepPoint } from "../simulator/sweep.js";
import { layOut } from "./paper.js";
import { describePredicted, formatNumber, formatPercent } from "./table.js";

type Cell = string | number | null;

/** A row of numbers for every quantity of every point, grouped by point. */
export function sweepRows(
  { varied }: SweepPlan,
  points: readonly SweepPoint[],
): { readonly columns: string[]; readonly rows: Cell[][] } {
  const names = varied.map(({ name }) => name);
  const columns = [
    ...names,
    ...["runs", "quantity", "measured", "low", "high", "predicted", "model error", "kind", "verdict"],
    ...["difference to the first", "difference low", "difference high"],
  ];
  const rows = points.flatMap((point) =>
    point.quantities.map(({ name, measured, ciLow, ciHigh, predictions, verdict }) => {
      const sharpest = predictions.find((prediction) => prediction.kind !== "bound");
      const difference = point.differences[name];
      return [
        ...names.map((parameter) => withoutContent(point.varied[parameter])),
        ...[point.replications, name, measured, ciLow, ciHigh],
        ...[sharpest !== undefined && "value" in sharpest ? sharpest.value : null],
        ...[sharpest?.modelError ?? null, sharpest?.kind ?? null, verdict],
        ...[difference?.value ?? null, difference?.ciLow ?? null, difference?.ciHigh ?? null],
      ];
    }),
  );
  return { columns, rows };
}

/** The table for people, grouped by quantity, to show how each varies from point to point. */
export function sweepTable(
  { varied, common }: SweepPlan,
  points: readonly SweepPoint[],
  width = Number.POSITIVE_INFINITY,
): string {
  const names = [...new Set(points.flatMap(({ quantities }) => quantities.map(({ name }) => name)))];
  const header = ["quantity", ...varied.map(({ name }) => name), "runs", "measured"];
  const percent = `${formatPercent(common.familyConfidence)} joint interval`;
  const rows = names.flatMap((name) =>
    points.flatMap((point) => {
      const found = point.quantities.find((quantity) => quantity.name === name);
      if (found === undefined) return [];
      const sharpest = found.predictions.find((prediction) => prediction.kind !== "bound");
      const difference = point.differences[name];
      return [
        [
          name,
          ...varied.map((parameter) => withoutContent(point.varied[parameter.name])),
          String(point.replications),
          formatNumber(found.measured),
          found.ciLow === null ? "-" : `[${formatNumber(found.ciLow)}, ${formatNumber(found.ciHigh)}]`,
          sharpest === undefined ? "-" : describePredicted(sharpest),
          found.verdict,
          difference === undefined ? "-" : formatNumber(difference.value),
          difference === undefined || difference.ciLow === null
            ? "-"
            : `[${formatNumber(difference.ciLow)}, ${formatNumber(difference.ciHigh)}]`,
        ],
      ];
    }),
  );
  const numbers = new Set(header.map((_, column) => column).slice(1));
  const further = [percent, "predicted", "verdict", "difference to the first", "its interval"];
  return layOut([...header, ...further], rows, numbers, { width });
}
