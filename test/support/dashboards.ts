import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What the tests look at in a dashboard's JSON. */
export interface DashboardJson {
  readonly title: string;
  readonly tags: readonly string[];
  readonly links: readonly { readonly tags: readonly string[] }[];
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: object;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string; readonly datasource: object }[];
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
}

const FOLDER = fileURLToPath(new URL("../../dashboards/grafana/dashboards/", import.meta.url));

/** The dashboards as they are committed. */
export function readDashboards(): DashboardJson[] {
  return readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(FOLDER + file, "utf8")) as DashboardJson);
}

/** Without the titles of rows. */
export function panelsOf({ panels }: DashboardJson): Panel[] {
  return panels.filter(({ type }) => type !== "row");
}

export function variablesOf({ templating }: DashboardJson): readonly Variable[] {
  return templating.list;
}

export function annotationExpressions({ annotations }: DashboardJson): string[] {
  return annotations.list.map(({ expr }) => expr);
}
