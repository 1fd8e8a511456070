import type { DynamicConfigValue } from "@grafana/grafana-foundation-sdk/dashboard";
import type { PredictionKind } from "../theory/prediction.js";

/** How a line looks: what is measured is blue, theory is always dashed, and an interval is a band between its ends. */
export type LineStyle = "measured" | "predicted" | "low" | "high" | "faint";

/** The legend of the lower end of an interval, down to which its upper end is filled. */
export const INTERVAL_LOW = "interval, low";

export const STYLES: Readonly<Record<LineStyle, DynamicConfigValue[]>> = {
  measured: [{ id: "color", value: { mode: "fixed", fixedColor: "blue" } }],
  predicted: [
    { id: "custom.lineStyle", value: { fill: "dash", dash: [10, 6] } },
    { id: "color", value: { mode: "fixed", fixedColor: "orange" } },
  ],
  low: [
    { id: "custom.lineWidth", value: 0 },
    { id: "custom.hideFrom", value: { legend: true, tooltip: false, viz: false } },
    { id: "color", value: { mode: "fixed", fixedColor: "light-blue" } },
  ],
  high: [
    { id: "custom.lineWidth", value: 0 },
    { id: "custom.fillBelowTo", value: INTERVAL_LOW },
    { id: "custom.fillOpacity", value: 20 },
    { id: "color", value: { mode: "fixed", fixedColor: "light-blue" } },
  ],
  faint: [
    { id: "custom.lineWidth", value: 1 },
    { id: "custom.hideFrom", value: { legend: true, tooltip: false, viz: false } },
    { id: "color", value: { mode: "fixed", fixedColor: "rgba(115, 150, 210, 0.35)" } },
  ],
};

/** Kinds of predictions are told apart by their dashes, too: as on the page. */
export const DASHES: Readonly<Record<PredictionKind, readonly number[]>> = {
  exact: [14, 4],
  refined: [6, 4],
  simulated: [6, 2, 2, 2, 2, 2],
  limit: [10, 3, 2, 3],
  bound: [2, 3],
  heuristic: [2, 8],
};
/** What predictions are called: by their kind, and whether the theorem covers the run where it does not. */
export const PREDICTION_NAME = "{{kind}}, {{status}}";
export const SHORT_NAMES = [
  { regex: "^(\\w+), applies$", renamePattern: "$1" },
  { regex: "^(\\w+), outside assumptions$", renamePattern: "$1 (outside)" },
] as const;

/** How verdicts look, in words and in colours. */
export const VERDICTS = [
  { verdict: "agrees", text: "✓ agrees", colour: "green" },
  { verdict: "differs", text: "✗ differs", colour: "red" },
  { verdict: "undecided", text: "? undecided", colour: "blue" },
  { verdict: "void", text: "∅ void", colour: "orange" },
] as const;

/** For values that are the names of verdicts. */
export const VERDICT_CELLS: DynamicConfigValue[] = [
  { id: "custom.width", value: 150 },
  { id: "custom.cellOptions", value: { type: "color-background", mode: "basic" } },
  {
    id: "mappings",
    value: [
      {
        type: "value",
        options: Object.fromEntries(VERDICTS.map(({ verdict, text, colour }) => [verdict, { text, color: colour }])),
      },
    ],
  },
];
