import {
  applyFieldOverrides,
  type DataFrame,
  FieldColorModeId,
  type FieldConfig,
  type FieldConfigPropertyItem,
  type FieldConfigSource,
  FieldType,
  type GrafanaTheme2,
  Registry,
  standardTransformers,
  standardTransformersRegistry,
  ThresholdsMode,
  transformDataFrame,
} from "@grafana/data";
import { lastValueFrom } from "rxjs";
import type { PanelJson } from "./dashboard-json.js";

/** What every field can be set to, as Grafana 12 names it. */
const STANDARD = [
  ...["unit", "min", "max", "decimals", "displayName", "color", "noValue", "links", "mappings", "thresholds"],
  ...["filterable", "fieldMinMax", "actions"],
];
/** What only the fields of some panels can be set to. */
const CUSTOM: Readonly<Record<string, readonly string[]>> = {
  timeseries: [
    ...["drawStyle", "lineInterpolation", "lineWidth", "lineStyle", "fillOpacity", "fillBelowTo", "gradientMode"],
    ...["spanNulls", "insertNulls", "showPoints", "pointSize", "stacking", "barAlignment", "transform", "hideFrom"],
    ...["axisPlacement", "axisLabel", "axisWidth", "axisSoftMin", "axisSoftMax", "axisGridShow", "axisColorMode"],
    ...["axisBorderShow", "axisCenteredZero", "scaleDistribution", "thresholdsStyle"],
  ],
  table: ["align", "cellOptions", "inspect", "filterable", "width", "minWidth", "hidden"],
  stat: [],
};

standardTransformersRegistry.setInit(() =>
  // One of them has two names.
  [...new Map(Object.values(standardTransformers).map((one) => [one.id, one])).values()].map((transformation) => ({
    ...{ id: transformation.id, name: transformation.name, transformation },
    ...{ editor: () => null, imageDark: "", imageLight: "" },
  })),
);

function property(id: string, isCustom: boolean): FieldConfigPropertyItem {
  return {
    ...{ id: isCustom ? `custom.${id}` : id, path: id, name: id, isCustom },
    process: (value) => value,
    // The axis of time has no label: Grafana's panels leave it out.
    shouldApply: ({ type }) => id !== "axisLabel" || type !== FieldType.time,
    ...{ editor: () => null, override: () => null },
  } as FieldConfigPropertyItem;
}

function propertiesOf(type: string): Registry<FieldConfigPropertyItem> {
  return new Registry(() => [
    ...STANDARD.map((id) => property(id, false)),
    ...(CUSTOM[type] ?? []).map((id) => property(id, true)),
  ]);
}

/** What Grafana's panels set where the dashboard says nothing. */
function withDefaults(type: string, defaults: FieldConfig): FieldConfig {
  const steps = [
    { value: Number.NEGATIVE_INFINITY, color: "green" },
    { value: 80, color: "red" },
  ];
  const mode = type === "timeseries" ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds;
  const { thresholds = { mode: ThresholdsMode.Absolute, steps }, color = { mode } } = defaults;
  const started = thresholds.steps.map((step, i) => (i === 0 ? { ...step, value: Number.NEGATIVE_INFINITY } : step));
  return { ...defaults, color, thresholds: { ...thresholds, steps: started } };
}

/** The frames of a panel after its transformations, with all that its field configuration says of them. */
export async function configured(panel: PanelJson, frames: DataFrame[], theme: GrafanaTheme2): Promise<DataFrame[]> {
  const { type, fieldConfig, transformations = [] } = panel;
  const context = { interpolate: (text: string) => text };
  const data = await lastValueFrom(transformDataFrame([...transformations], frames, context));
  const source: FieldConfigSource = {
    defaults: withDefaults(type, (fieldConfig?.defaults ?? {}) as FieldConfig),
    overrides: [...(fieldConfig?.overrides ?? [])],
  };
  return applyFieldOverrides({
    ...{ data, fieldConfig: source, theme, timeZone: "utc" },
    fieldConfigRegistry: propertiesOf(type),
    replaceVariables: (text) => text,
  });
}

/** Settings of a panel's fields that Grafana does not know, and would leave out in silence. */
export function unknownSettings({ type, fieldConfig }: PanelJson): string[] {
  const known = propertiesOf(type);
  const { custom = {}, ...standard } = fieldConfig?.defaults ?? {};
  const set = [
    ...Object.keys(standard),
    ...Object.keys(custom).map((id) => `custom.${id}`),
    ...(fieldConfig?.overrides ?? []).flatMap(({ properties }) => properties.map(({ id }) => id)),
  ];
  return set.filter((id) => known.getIfExists(id) === undefined);
}
