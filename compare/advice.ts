import type { Answer, ChangeAnswer, Estimated, LoadAnswer } from "./answer.js";
import type { ComparisonPlan } from "./plan.js";
import type { Metric } from "./sample.js";
import type { SloLoads } from "./slo-search.js";

/** How values of metrics are written: a number, and the unit that goes with it, which may be "". */
export interface Written {
  number(value: number, metric: Metric): string;
  unit(metric: Metric): string;
}

type Asked = Pick<ComparisonPlan, "current" | "metric" | "within">;

/** The policy to use, by the answer at one load: of those that cannot be told apart the one that needs the fewest messages; the current one if it is among them. */
export function chosen(at: LoadAnswer, current: string): string | undefined {
  if (at.outcome !== "indistinguishable") return at.best[0];
  return at.best.includes(current) ? current : cheapest(at);
}

/** The highest load at which a policy has a steady state: what the advice is about. */
export function advisedLoad(loads: readonly LoadAnswer[]): LoadAnswer | undefined {
  return [...loads].filter(({ outcome }) => outcome !== "none").sort((a, b) => b.load - a.load)[0];
}

/** What to do, in one sentence, with what it depends on. */
export function adviceOf(answer: Answer, asked: Asked, written: Written): string {
  const { loads, changes, policies } = answer;
  const highest = advisedLoad(loads);
  if (highest === undefined) return "No policy has a steady state at any of these loads: add servers.";
  if (highest.outcome === "open") return `At load ${loadText(highest)} ${choice(highest, asked, written)}.`;
  const parts = [
    `At load ${loadText(highest)} ${choice(highest, asked, written)}`,
    ...elsewhere(highest, loads, asked.current),
    ...withinSlo(policies.find(({ policy }) => policy === chosen(highest, asked.current))),
    ...ifOtherwise(highest, changes, asked.current),
  ];
  return `${parts.join("; ")}.`;
}

export function loadText({ load }: Pick<LoadAnswer, "load">): string {
  return String(Number(load.toPrecision(4)));
}

function choice(at: LoadAnswer, asked: Asked, written: Written): string {
  const [first] = at.best;
  if (at.outcome === "open")
    return `the best policy is not known yet: it is ${either(at.best)}; ${first} was best so far`;
  if (at.outcome === "winner") return winner(at, first, asked, written);
  const keeps = at.best.includes(asked.current);
  const percent = `${Number((100 * asked.within).toPrecision(3))} %`;
  const tie = `${listed(at.best)} cannot be told apart within ${percent} in ${asked.metric}`;
  const use = chosen(at, asked.current) ?? first;
  if (keeps) return `keep ${use}: ${tie}`;
  return `use ${use}: ${tie}, and it needs the fewest messages of them${comparedToCurrent(at, use, asked, written)}`;
}

function winner(at: LoadAnswer, policy: string, asked: Asked, written: Written): string {
  const { metric, current } = asked;
  const value = at.cells.find((cell) => cell.policy === policy)?.metrics[metric];
  const about = value === undefined ? "" : `: its ${metric} is ${withInterval(value, metric, written)}`;
  if (policy === current) return `keep ${policy}${about}, the least of all that were compared`;
  return `use ${policy}${about}${comparedToCurrent(at, policy, asked, written)}`;
}

/** How much better than the current policy. */
function comparedToCurrent(at: LoadAnswer, policy: string, { current, metric }: Asked, written: Written): string {
  const now = at.cells.find((cell) => cell.policy === current);
  if (now === undefined || now.policy === policy) return "";
  if (now.status === "unstable" || now.status === "growing")
    return `, while the queues of ${current}, which runs now, grow for ever`;
  const difference = at.cells.find((cell) => cell.policy === policy)?.difference ?? null;
  if (difference === null) return "";
  return `, ${differenceText(difference, metric, written)} than that of ${current}, which runs now`;
}

/** "3.1 less [2.9, 3.3]", or "2 more". */
export function differenceText({ value, low, high }: Estimated, metric: Metric, written: Written): string {
  const word = value < 0 ? "less" : "more";
  const ends = [low, high].map((end) => (end === null ? null : value < 0 ? -end : end));
  const [from, to] = value < 0 ? [ends[1], ends[0]] : ends;
  const interval =
    from === null || to === null ? "" : ` [${written.number(from, metric)}, ${written.number(to, metric)}]`;
  return `${withUnit(Math.abs(value), metric, written)} ${word}${interval}`;
}

function withInterval({ value, low, high }: Estimated, metric: Metric, written: Written): string {
  const interval =
    low === null || high === null ? "" : ` [${written.number(low, metric)}, ${written.number(high, metric)}]`;
  return `${withUnit(value, metric, written)}${interval}`;
}

function withUnit(value: number, metric: Metric, written: Written): string {
  const unit = written.unit(metric);
  return unit === "" ? written.number(value, metric) : `${written.number(value, metric)} ${unit}`;
}

/** Of those that cannot be told apart, the one that needs the fewest messages. */
function cheapest(at: LoadAnswer): string {
  const messages = (policy: string): number =>
    at.cells.find((cell) => cell.policy === policy)?.metrics.messages?.value ?? Number.POSITIVE_INFINITY;
  return [...at.best].sort((a, b) => messages(a) - messages(b))[0];
}

/** Whether the other loads have the same best policy. */
function elsewhere(highest: LoadAnswer, loads: readonly LoadAnswer[], current: string): string[] {
  const use = chosen(highest, current) ?? "";
  const others = loads.filter((at) => at !== highest && at.outcome !== "none");
  const different = others.filter(({ best }) => !best.includes(use));
  const same = others.filter(({ best }) => best.includes(use));
  return [
    ...(same.length === 0 ? [] : [`it is among the best at ${listed(same.map((at) => `load ${loadText(at)}`))} too`]),
    ...different.map((at) => `at load ${loadText(at)} ${either(at.best)} is better`),
  ];
}

/** Up to which load it is within the slo. */
function withinSlo(found: SloLoads | undefined): string[] {
  if (found === undefined) return [];
  const { meetsSloUpTo, missesSloFrom } = found;
  const missing = missesSloFrom === null ? "" : ` and not from ${missesSloFrom} on`;
  if (meetsSloUpTo !== null) return [`it is within the slo up to load ${meetsSloUpTo}${missing}`];
  return missesSloFrom === null ? [] : [`it is not within the slo from load ${missesSloFrom} on`];
}

/** Whether it still holds where the fleet is otherwise. */
function ifOtherwise(highest: LoadAnswer, changes: readonly ChangeAnswer[], current: string): string[] {
  const use = chosen(highest, current) ?? "";
  const found = changes.flatMap(({ condition, found: at }) =>
    at === null || at.outcome === "open" ? [] : [{ condition, at }],
  );
  const stays = found.filter(({ at }) => at.best.includes(use)).map(({ condition }) => condition);
  const fails = found.filter(({ at }) => !at.best.includes(use));
  return [
    ...(stays.length === 0 ? [] : [`that holds even if ${listed(stays, "or")}`]),
    ...fails.map(({ condition, at }) =>
      at.best.length === 0
        ? `if ${condition}, no policy has a steady state`
        : `but if ${condition}, ${either(at.best)} is better`,
    ),
  ];
}

const either = (names: readonly string[]): string => listed(names, "or");

/** "a, b and c". */
function listed(names: readonly string[], word = "and"): string {
  if (names.length <= 1) return names.join("");
  return `${names.slice(0, -1).join(", ")} ${word} ${names[names.length - 1]}`;
}
