import { describe, expect, it } from "vitest";
import { type DashboardJson, type Panel, panelsOf, readDashboards, variablesOf } from "../support/dashboards.js";

/** What breaks a rule, in words; nothing where it is kept. */
type Rule = (dashboard: DashboardJson) => string[];

const DATA_SOURCE = JSON.stringify({ type: "prometheus", uid: "$datasource" });
/** Units that Grafana knows, and those that it writes as they are. */
const UNIT = /^(none|s|percentunit|suffix:\S.*)$/;

function ofPanels(complaint: (panel: Panel) => boolean): Rule {
  return (dashboard) =>
    panelsOf(dashboard)
      .filter(complaint)
      .map(({ title }) => title);
}

function ofTargets(complaint: (expression: string) => boolean): Rule {
  return (dashboard) =>
    panelsOf(dashboard).flatMap(({ title, targets = [] }) =>
      targets.filter(({ expr }) => complaint(expr)).map(({ expr }) => `${title}: ${expr}`),
    );
}

/** The rules of Grafana's dashboard-linter (github.com/grafana/dashboard-linter, docs/rules), which is a program of its own. */
const RULES: Readonly<Record<string, Rule>> = {
  "template-datasource-rule": (dashboard) => {
    const [first] = variablesOf(dashboard);
    const { name, type, query, label } = first;
    return [name, type, query, label].join() === "datasource,datasource,prometheus,Data source" ? [] : [name];
  },
  "template-instance-rule": (dashboard) =>
    variablesOf(dashboard).some(({ name, type, multi, includeAll, datasource }) => {
      const isOfSource = JSON.stringify(datasource) === DATA_SOURCE;
      return name === "instance" && type === "query" && multi === true && includeAll === true && isOfSource;
    })
      ? []
      : ["$instance"],
  "template-label-promql-rule": (dashboard) =>
    variablesOf(dashboard)
      .filter(({ type, query }) => type === "query" && !/^label_values\(\w+(\{[^{}]*\})?, instance\)$/.test(query))
      .map(({ name }) => name),
  "template-on-time-change-reload-rule": (dashboard) =>
    variablesOf(dashboard)
      .filter(({ type, refresh }) => type === "query" && refresh !== 2)
      .map(({ name }) => name),
  "panel-datasource-rule": ofPanels(({ datasource, targets = [] }) =>
    [datasource, ...targets.map((target) => target.datasource)].some((one) => JSON.stringify(one) !== DATA_SOURCE),
  ),
  "panel-title-description-rule": ofPanels(({ title, description }) => title === "" || (description ?? "") === ""),
  "panel-units-rule": ofPanels(({ fieldConfig }) => !UNIT.test(fieldConfig?.defaults.unit ?? "")),
  "panel-no-targets-rule": ofPanels(({ targets = [] }) => targets.length === 0),
  "target-rate-interval-rule": ofTargets((expression) =>
    [...expression.matchAll(/\[([^\]]+)\]/g)].some(([, range]) => range !== "$__rate_interval"),
  ),
  "target-counter-agg-rule": ofTargets((expression) =>
    [...expression.matchAll(/(\w+\()?\b\w+_total\b/g)].some(([, call]) => call !== "rate(" && call !== "increase("),
  ),
  // Processes of one kind are taken together, whatever dispatcher they belong to.
  "target-instance-rule": ofTargets(
    (expression) => !/^(sum|max) by \(job\)/.test(expression) && !/instance=~"\$(instance|node)"/.test(expression),
  ),
  "uneditable-dashboard": ({ title, editable }) => (editable === false ? [] : [title]),
};

/** Rules that are not kept, with the reason. */
const EXCLUDED: Readonly<Record<string, string>> = {
  "template-job-rule": "no job is to be chosen: each metric of ours is of one kind of process",
  "target-job-rule": "likewise",
  "target-promql-rule": "a real Prometheus evaluates every query in test/systems/dashboards.test.ts",
};

describe.each(readDashboards())("the dashboard $title", (dashboard) => {
  // Grafana draws nothing of a line that begins with infinity, as 1 / 0 is.
  it("divides by no rate that may be 0, where lines are drawn", () => {
    const drawn = panelsOf(dashboard).filter(({ type }) => type === "timeseries");
    const expressions = drawn.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(expressions.filter((expression) => /\/ rate\(/.test(expression))).toEqual([]);
  });

  it.each(Object.entries(RULES))("keeps to %s", (_name, rule) => {
    expect(rule(dashboard)).toEqual([]);
  });
});

describe("the rules", () => {
  it("are kept or excluded, and each of them finds what breaks it", () => {
    expect(Object.keys(EXCLUDED).filter((name) => name in RULES)).toEqual([]);
    const source = { type: "prometheus", uid: "mine" };
    const target = { expr: "up_total + rate(b_total[5m])", legendFormat: "", refId: "A", datasource: source };
    const panel = { id: 1, type: "stat", title: "", datasource: source, gridPos: { x: 0, y: 0, w: 1, h: 1 } };
    const variable = { name: "job", type: "query", query: "label_values(up)" };
    const bad: DashboardJson = {
      ...{ title: "bad", tags: [], links: [], annotations: { list: [] }, templating: { list: [variable] } },
      panels: [
        { ...panel, targets: [target] },
        { ...panel, targets: [] },
      ],
    };
    for (const [name, rule] of Object.entries(RULES)) expect(rule(bad), name).not.toEqual([]);
  });
});
