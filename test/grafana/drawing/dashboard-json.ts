import type { ConfigOverrideRule, DataTransformerConfig } from "@grafana/data";
import type { VizLegendOptions } from "@grafana/schema";

/** What is drawn of a dashboard's JSON. */
export interface DashboardJson {
  readonly title: string;
  readonly panels: readonly PanelJson[];
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly transformations?: readonly DataTransformerConfig[];
  readonly fieldConfig?: {
    readonly defaults: Readonly<Record<string, unknown>> & { readonly custom?: object };
    readonly overrides: readonly ConfigOverrideRule[];
  };
  readonly options?: Readonly<Record<string, unknown>> & { readonly legend?: VizLegendOptions };
}
