import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Answer, Answers, DrawnPanel, Mark, Series } from "../grafana/drawing/answers.js";
import { openPage } from "./browser.js";
import { type DashboardJson, panelsOf, type Target, variablesOf } from "./dashboards.js";

const FOLDER = fileURLToPath(new URL("../grafana/", import.meta.url));
/** As wide as a large screen leaves to a dashboard. */
const WIDTH = 1600;

/** Whether Grafana's components are there: they are much, and installed apart, by `npm ci --prefix test/grafana`. */
export const GRAFANA_IS_INSTALLED = existsSync(`${FOLDER}node_modules/@grafana/ui/package.json`);

/**
 * An expression with what Grafana puts instead of its variables: a window of a few scrapes, and by name the instances
 * chosen; all unless given.
 */
export function inGrafana(expression: string, chosen: Readonly<Record<string, string>> = {}): string {
  return expression
    .replaceAll(/\$(instance|node)/g, (_, name: string) => chosen[name] ?? ".*")
    .replaceAll("$__rate_interval", "5s");
}

/** What the queries of a dashboard have for an answer, from a moment until another (in seconds of wall-clock time). */
export async function answersTo(dashboard: DashboardJson, url: string, from: number, to: number): Promise<Answers> {
  const over = { start: String(from), end: String(to), step: "1" };
  const chosen = Object.fromEntries(
    await Promise.all(
      variablesOf(dashboard)
        .filter(({ type }) => type === "query")
        .map(async ({ name, query }) => [name, await instancesOf(url, query)] as const),
    ),
  );
  const askAbout = (expression: string, when: Readonly<Record<string, string>>): Promise<Series[]> =>
    askAt(url, { query: inGrafana(expression, chosen), ...when });
  const ask = async ({ expr, legendFormat, refId, instant, format }: Target): Promise<Answer> => ({
    ...{ refId, legendFormat, isTable: format === "table" },
    series: await askAbout(expr, instant === true ? { time: over.end } : over),
  });
  const panels = await Promise.all(
    panelsOf(dashboard).map(async ({ id, targets = [] }) => [id, await Promise.all(targets.map(ask))] as const),
  );
  const marks = await Promise.all(
    dashboard.annotations.list.map(async ({ expr, iconColor }): Promise<Mark[]> => {
      const series = await askAbout(expr, over);
      return series.map(({ metric: { text }, values: [[seconds]] }) => ({ seconds, text, colour: iconColor }));
    }),
  );
  return { from, to, panels: Object.fromEntries(panels), marks: marks.flat() };
}

function commonJsOf(name: string): string {
  return `${FOLDER}node_modules/@grafana/${name}/dist/cjs/index.cjs`;
}

/** All instances that a variable has to choose from, as a regular expression. */
async function instancesOf(url: string, query: string): Promise<string> {
  const metric = /^label_values\((.*), instance\)$/.exec(query)?.[1] ?? query;
  const series = await askAt(url, { query: metric });
  return [...new Set(series.map(({ metric: { instance } }) => instance))].join("|");
}

async function askAt(url: string, parameters: Readonly<Record<string, string>>): Promise<Series[]> {
  const path = "step" in parameters ? "query_range" : "query";
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const { data } = (await response.json()) as {
    data: { result: (Pick<Series, "metric"> & { value: Series["values"][0]; values?: Series["values"] })[] };
  };
  return data.result.map(({ metric, value, values = [value] }) => ({ metric, values }));
}

/** A dashboard as drawn: what its panels show, as data and in words, and what the browser complained of. */
export interface Drawing {
  readonly panels: readonly DrawnPanel[];
  readonly words: readonly string[];
  readonly complaints: readonly string[];
}

/** Draws dashboards by Grafana's own components. */
export class Grafana {
  private constructor(
    private readonly server: Server,
    private readonly url: string,
  ) {}

  static async start(): Promise<Grafana> {
    const { outputFiles } = await build({
      entryPoints: [`${FOLDER}drawing/main.tsx`],
      ...{ bundle: true, write: false, outdir: "/", jsx: "automatic", logLevel: "error" },
      // Their newer modules take what a default export is from node, which older packages of theirs do not follow.
      alias: Object.fromEntries(["data", "ui"].map((name) => [`@grafana/${name}`, commonJsOf(name)])),
      define: { "process.env.NODE_ENV": '"production"' },
      loader: { ".svg": "dataurl", ".ttf": "empty" },
    });
    const bundled = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
    const types = { js: "text/javascript", css: "text/css" };
    const page = '<!doctype html><link rel="stylesheet" href="main.css"><body><script src="main.js"></script>';
    const server = createServer(({ url = "/" }, response) => {
      const type = types[url.split(".").at(-1) as keyof typeof types];
      // Icons, which would be Grafana's server's to send, are left out.
      response.writeHead(200, { "Content-Type": type ?? (url === "/" ? "text/html" : "image/svg+xml") });
      response.end(url === "/" ? page : (bundled.get(url) ?? '<svg xmlns="http://www.w3.org/2000/svg"/>'));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    return new Grafana(server, `http://127.0.0.1:${port}/`);
  }

  /**
   * @param file where a picture of it is put
   * @param height of the picture, in pixels from the top; all of the dashboard unless given
   */
  async draw(
    dashboard: DashboardJson,
    answers: Answers,
    file: string,
    { dark = true, height }: { readonly dark?: boolean; readonly height?: number } = {},
  ): Promise<Drawing> {
    const { page, complaints } = await openPage(this.url, { width: WIDTH, dark });
    type DrawingWindow = { draw(...of: unknown[]): Promise<DrawnPanel[]> };
    const panels = await page.evaluate((of) => (globalThis as unknown as DrawingWindow).draw(...of), [
      dashboard,
      answers,
      dark,
    ] as const);
    await page.waitForTimeout(1000);
    if ((await page.locator("main > *").count()) === 0) throw new Error(`nothing was drawn: ${complaints.join("; ")}`);
    const clip = height === undefined ? {} : { clip: { x: 0, y: 0, width: WIDTH, height } };
    await page.screenshot({ path: file, fullPage: true, ...clip });
    const words = await Promise.all(
      panelsOf(dashboard).map(async ({ id }) => (await page.locator(`#panel-${id}`).textContent()) ?? ""),
    );
    await page.close();
    return { panels, words, complaints };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
