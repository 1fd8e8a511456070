import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What the tests look at in a dashboard's JSON. */
export interface DashboardJson {
  readonly title: string;
  readonly tags: readonly string[];
  readonly links: readonly { readonly tags: readonly string[] }[];
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly editable?: boolean;
  readonly annotations: { readonly list: readonly Annotation[] };
}

interface Annotation {
  readonly expr: string;
  readonly iconColor: string;
  readonly textFormat?: string;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: object;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
  readonly options?: { readonly legend?: { readonly showLegend: boolean }; readonly textMode?: string };
  readonly targets?: readonly Target[];
}

/** A query of a panel. */
export interface Target {
  readonly expr: string;
  readonly legendFormat: string;
  readonly refId: string;
  readonly datasource: object;
  readonly instant?: boolean;
  readonly format?: string;
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly refresh?: number;
  readonly includeAll?: boolean;
  readonly multi?: boolean;
  readonly label?: string;
  readonly datasource?: object;
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
