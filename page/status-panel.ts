import type { DispatcherState } from "../live/http/dispatcher-state.js";
import { byId, element, setText } from "./element.js";
import { formatElapsed, formatNumber } from "./format.js";
import { overallHealth, type Vital, vitalsOf } from "./health.js";
import { timeExceededBy } from "./percentile.js";
import { countsInWords } from "./summary.js";
import { verdictText } from "./verdict.js";
import type { Panel, View } from "./view.js";

/** Tails of the sojourn times that the health line shows. */
const PERCENTILES = [
  { title: "p50 sojourn", tail: 0.5 },
  { title: "p95 sojourn", tail: 0.05 },
  { title: "p99 sojourn", tail: 0.01 },
] as const;
/** The shapes tell levels apart without colour. */
const SHAPES = { healthy: "●", strained: "▲", failing: "■" } as const;

/** The verdict on the run, how far it has come, and how the system does. */
export class StatusPanel implements Panel {
  private readonly vitals: { readonly title: HTMLElement; readonly value: HTMLElement }[] = [];

  render(view: View): void {
    this.showVerdict(view.update.state);
    showProgress(view.update.state);
    this.showHealth(view);
  }

  private showVerdict({ quantities, verdict: soFar, whyVoid, phase, familyConfidence }: DispatcherState): void {
    const isEarly = phase === "waiting" || phase === "warming up";
    const verdict = whyVoid !== null ? "void" : isEarly ? undefined : soFar;
    const overall = byId("overall");
    overall.className = `overall ${verdict ?? "undecided"}`;
    setText(overall, verdict === undefined ? "… not yet" : verdictText(verdict));
    const differing = quantities.find((quantity) => quantity.verdict === "differs");
    const why = isEarly
      ? "measuring begins when the start is forgotten"
      : differing !== undefined
        ? `${differing.name}: ${differing.reason}`
        : `all intervals hold together with ${100 * familyConfidence} % confidence, whenever you look`;
    const counts = isEarly ? "" : countsInWords(quantities);
    setText(byId("overall-why"), whyVoid ?? (counts === "" ? why : `${counts}; ${why}`));
  }

  private showHealth(view: View): void {
    const vitals = vitalsOf(view);
    const { level, why } = overallHealth(vitals);
    const health = byId("health-level");
    health.className = level;
    setText(health, `${SHAPES[level]} ${level}${why === "" ? "" : `: ${why}`}`);
    const { sojournTail } = view.update.distributions;
    const all: Vital[] = [
      ...vitals,
      ...PERCENTILES.map(({ title, tail }): Vital => {
        const text = formatNumber(timeExceededBy(tail, sojournTail));
        return { title, text, level: "healthy" };
      }),
    ];
    for (const [i, { title, text, level: one }] of all.entries()) {
      const place = this.place(i);
      setText(place.title, title);
      place.value.className = one;
      setText(place.value, one === "healthy" ? text : `${SHAPES[one]} ${text}`);
    }
  }

  private place(index: number) {
    const known = this.vitals[index];
    if (known !== undefined) return known;
    const made = { title: element("dt"), value: element("dd") };
    this.vitals.push(made);
    byId("vitals").append(element("div", "", made.title, made.value));
    return made;
  }
}

function showProgress(state: DispatcherState): void {
  const { phase, elapsedTime, warmUpTime, measuringTime, timeUnitSeconds, servers, policy, seed } = state;
  const measured = Math.max(0, elapsedTime - warmUpTime);
  const [done, whole] =
    phase === "waiting"
      ? [servers.connected, servers.expected]
      : phase === "warming up"
        ? [elapsedTime, warmUpTime]
        : [measured, measuringTime ?? measured];
  byId<HTMLProgressElement>("progress").value = whole > 0 ? Math.min(1, done / whole) : 1;
  setText(byId("phase"), phase);
  const clock = formatElapsed(elapsedTime * timeUnitSeconds);
  const until =
    measuringTime === null ? "until stopped" : `of ${formatElapsed((warmUpTime + measuringTime) * timeUnitSeconds)}`;
  const unit = `1 time unit = ${formatNumber(1000 * timeUnitSeconds)} ms`;
  setText(byId("elapsed"), `${clock} ${until}; ${unit}; policy ${policy}; seed ${seed}`);
}
