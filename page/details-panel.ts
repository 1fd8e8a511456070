import { standing } from "../experiments/scenario.js";
import type { DispatcherState } from "../live/http/dispatcher-state.js";
import { byId, element, setText } from "./element.js";
import { formatElapsed, formatNumber, formatPercent } from "./format.js";
import { withFormulas } from "./formula.js";
import { showTypeset } from "./typeset.js";
import type { Panel, View } from "./view.js";

/** How the page shows whether an assumption holds. */
const ASSUMED = {
  holds: { style: "agrees", text: "✓ holds" },
  violated: { style: "differs", text: "✗ violated" },
  unknown: { style: "undecided", text: "? unknown" },
} as const;

/** The tiles of the run: a title, and its value from the state; undefined if not applicable. */
const TILES: readonly (readonly [title: string, read: (state: DispatcherState) => string | undefined])[] = [
  ["servers", ({ servers }) => `${servers.connected} of ${servers.expected}`],
  ["jobs served", ({ totals }) => formatNumber(totals.completed)],
  ["in flight", ({ totals }) => String(totals.inFlight)],
  ["blocked so far", ({ totals }) => formatPercent(totals.offered === 0 ? null : totals.blocked / totals.offered)],
  ["timed out", ({ totals }) => (totals.timedOut === 0 ? undefined : formatNumber(totals.timedOut))],
  ["lost", ({ totals }) => String(totals.lost)],
  ["message delay", ({ messageDelay, timeUnitSeconds }) => `${formatNumber(1000 * messageDelay * timeUnitSeconds)} ms`],
  [
    "of it asked for",
    ({ askedDelay = 0, timeUnitSeconds }) =>
      askedDelay === 0 ? undefined : `${formatNumber(1000 * askedDelay * timeUnitSeconds)} ms`,
  ],
  ["lateness, mean", ({ lateness }) => `${formatNumber(1000 * lateness.meanSeconds)} ms`],
  ["schedule lag", ({ scheduleLag, timeUnitSeconds }) => `${formatNumber(1000 * scheduleLag * timeUnitSeconds)} ms`],
  ["dispatchers", ({ views }) => views && String(views.dispatchers)],
  [
    "mean age of views",
    ({ views, timeUnitSeconds }) =>
      views && `${formatNumber(1000 * timeUnitSeconds * (views.meanAge ?? Number.NaN))} ms`,
  ],
  ["inaccurate views", ({ views }) => views && `${formatPercent(views.wrongFraction)} of jobs`],
  ["error of views", ({ views }) => views && `${formatNumber(views.meanAbsoluteError)} jobs`],
];

/** What runs: scenario, counts, assumptions, parameters and events. */
export class DetailsPanel implements Panel {
  private readonly values = TILES.map(() => element("dd"));
  private readonly tiles = TILES.map(([title], i) => element("div", "", element("dt", "", title), this.values[i]));
  private described = "";
  private eventsShown = 0;

  constructor() {
    byId("tiles").append(...this.tiles);
  }

  render(view: View): void {
    const { run, update } = view;
    if (this.described !== run.id) {
      this.described = run.id;
      this.eventsShown = 0;
      byId("events").replaceChildren();
      this.describe(run);
    }
    for (const [i, [, read]] of TILES.entries()) {
      const text = read(update.state);
      this.tiles[i].hidden = text === undefined;
      setText(this.values[i], text ?? "");
    }
    const voidNotice = byId("void");
    const { whyVoid } = update.state;
    voidNotice.hidden = whyVoid === null;
    setText(voidNotice, whyVoid === null ? "" : `Void: ${whyVoid}`);
    this.listEvents(view);
  }

  private describe(run: View["run"]): void {
    document.title = `${run.scenario} · Equipoise`;
    setText(byId("scenario"), `${run.scenario}: ${run.title}`);
    showTypeset(byId("summary"), withFormulas(`${run.summary} ${run.source}.`));
    setText(byId("version"), `Equipoise ${run.version}`);
    const parameters = run.parameters.map(({ name, value, unit, description }) =>
      tableRow(["", "", "", "text"], [name, value, unit, withFormulas(description)]),
    );
    fillTable("parameters", ["parameter", "value", "unit", "meaning"], parameters);
    byId("assumptions-of-run").hidden = run.assumptions.length === 0;
    const assumptions = run.assumptions.map(({ condition, holds, meaning, consequence }) =>
      tableRow(
        [ASSUMED[standing({ holds })].style, "", "text", "text"],
        [ASSUMED[standing({ holds })].text, ...[condition, meaning, holds ? "" : consequence].map(withFormulas)],
      ),
    );
    fillTable("assumptions", ["", "condition", "here", "what follows"], assumptions);
  }

  private listEvents({ events, update }: View): void {
    const list = byId("events");
    const { timeUnitSeconds } = update.state;
    for (const { time, kind, text } of events.slice(this.eventsShown)) {
      list.append(
        element("li", `event-${kind}`, element("time", "", formatElapsed(time * timeUnitSeconds)), ` ${text}`),
      );
    }
    this.eventsShown = events.length;
  }
}

function fillTable(id: string, titles: readonly string[], rows: readonly HTMLElement[]): void {
  const head = element("tr", "", ...titles.map((title) => element("th", "", title)));
  byId(id).replaceChildren(element("thead", "", head), element("tbody", "", ...rows));
}

function tableRow(classes: readonly string[], texts: readonly string[]): HTMLElement {
  const cells = texts.map((text, i) => {
    const cell = element("td", classes[i]);
    showTypeset(cell, text);
    return cell;
  });
  return element("tr", "", ...cells);
}
