import type { DispatcherState } from "../live/dispatcher-state.js";
import { byId, element, setText } from "./element.js";
import { formatElapsed, formatNumber, formatPercent } from "./format.js";
import type { Panel, View } from "./view.js";

/** What is always in view of the run: a title, and how to read it from the state; undefined where there is no such thing. */
const TILES: readonly (readonly [title: string, read: (state: DispatcherState) => string | undefined])[] = [
  ["servers", ({ servers }) => `${servers.connected} of ${servers.expected}`],
  ["jobs served", ({ totals }) => formatNumber(totals.completed)],
  ["in flight", ({ totals }) => String(totals.inFlight)],
  ["blocked so far", ({ totals }) => formatPercent(totals.offered === 0 ? null : totals.blocked / totals.offered)],
  ["lost", ({ totals }) => String(totals.lost)],
  ["message delay", ({ messageDelay, timeUnitSeconds }) => `${formatNumber(1000 * messageDelay * timeUnitSeconds)} ms`],
  ["lateness, mean", ({ lateness }) => `${formatNumber(1000 * lateness.meanSeconds)} ms`],
  ["schedule lag", ({ scheduleLag, timeUnitSeconds }) => `${formatNumber(1000 * scheduleLag * timeUnitSeconds)} ms`],
  ["dispatchers", ({ views }) => views && String(views.dispatchers)],
  [
    "age of views, mean",
    ({ views, timeUnitSeconds }) =>
      views && `${formatNumber(1000 * timeUnitSeconds * (views.meanAge ?? Number.NaN))} ms`,
  ],
  ["wrong views", ({ views }) => views && `${formatPercent(views.wrongFraction)} of jobs`],
  ["error of views", ({ views }) => views && `${formatNumber(views.meanAbsoluteError)} jobs`],
];

/** What runs, how far it is, and how the live system does. */
export class RunPanel implements Panel {
  private readonly values = TILES.map(() => element("dd"));
  private readonly tiles = TILES.map(([title], i) => element("div", "", element("dt", "", title), this.values[i]));
  private described = "";

  constructor() {
    byId("tiles").append(...this.tiles);
  }

  render({ run, update: { state } }: View): void {
    if (this.described !== run.id) {
      this.described = run.id;
      this.describe(run);
    }
    for (const [i, [, read]] of TILES.entries()) {
      const text = read(state);
      this.tiles[i].hidden = text === undefined;
      setText(this.values[i], text ?? "");
    }
    this.showProgress(state);
    const voidNotice = byId("void");
    voidNotice.hidden = state.whyVoid === null;
    setText(voidNotice, state.whyVoid === null ? "" : `Void: ${state.whyVoid}`);
  }

  private describe(run: View["run"]): void {
    document.title = `${run.scenario} · Equipoise`;
    setText(byId("scenario"), `${run.scenario}: ${run.title}`);
    setText(byId("summary"), `${run.summary} ${run.source}.`);
    setText(byId("version"), `Equipoise ${run.version}`);
    const rows = run.parameters.map(({ name, value, unit, description }) =>
      element(
        "tr",
        "",
        element("td", "", name),
        element("td", "", value),
        element("td", "", unit),
        element("td", "text", description),
      ),
    );
    const head = element(
      "tr",
      "",
      ...["parameter", "value", "unit", "meaning"].map((title) => element("th", "", title)),
    );
    byId("parameters").replaceChildren(element("thead", "", head), element("tbody", "", ...rows));
  }

  private showProgress({
    phase,
    elapsedTime,
    warmUpTime,
    measuringTime,
    timeUnitSeconds,
    servers,
    policy,
    seed,
  }: DispatcherState): void {
    const bar = byId<HTMLProgressElement>("progress");
    const measured = Math.max(0, elapsedTime - warmUpTime);
    const [done, whole] =
      phase === "waiting"
        ? [servers.connected, servers.expected]
        : phase === "warming up"
          ? [elapsedTime, warmUpTime]
          : [measured, measuringTime ?? measured];
    bar.value = whole > 0 ? Math.min(1, done / whole) : 1;
    setText(byId("phase"), phase);
    const clock = formatElapsed(elapsedTime * timeUnitSeconds);
    const until =
      measuringTime === null ? "until stopped" : `of ${formatElapsed((warmUpTime + measuringTime) * timeUnitSeconds)}`;
    const unit = `1 time unit = ${formatNumber(1000 * timeUnitSeconds)} ms`;
    setText(byId("elapsed"), `${clock} ${until}; ${unit}; policy ${policy}; seed ${seed}`);
  }
}
