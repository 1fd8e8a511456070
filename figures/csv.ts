import type { Figure, Table } from "./figure.js";

const POINT_COLUMNS = ["panel", "quantity", "role", "x", "y", "low", "high"];

/** All points of a figure, one per row; low and high are empty without an interval. */
export function pointsCsv({ panels }: Figure): string {
  const rows = panels.flatMap(({ title, series }) =>
    series.flatMap(({ quantity, role, points }) =>
      points.map(({ x, y, low, high }) => [title, quantity, role, x, y, low ?? null, high ?? null]),
    ),
  );
  return csv(POINT_COLUMNS, rows);
}

/** A table of a figure. */
export function tableCsv({ columns, rows }: Table): string {
  return csv(columns, rows);
}

function csv(columns: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** A cell in RFC 4180 format. Text that a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  const isFormula = typeof value === "string" && /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value));
  const text = isFormula ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
