import type { QuantityEvidence } from "../experiments/evidence.js";
import type { ClaimChart } from "./claim-chart.js";
import { element, setText } from "./element.js";
import { formatNumber } from "./format.js";
import { claimText, decidingOne, decisive } from "./summary.js";
import { showTypeset } from "./typeset.js";
import { VerdictBadge } from "./verdict.js";
import type { Panel, View } from "./view.js";

/** A card with theory's claim, a chart, and the verdict on the quantities that the chart is about. */
export class ChartCard implements Panel {
  private readonly badge = new VerdictBadge();
  private readonly sentence = element("p", "claim");
  private readonly evidence = element("p", "evidence");
  readonly root: HTMLElement;

  constructor(private readonly chart: ClaimChart) {
    const head = element("div", "card-head", element("h2", "", chart.title), this.badge.root);
    this.root = element("section", "card chart-card", head, this.sentence, chart.content, this.evidence);
    this.root.setAttribute("aria-label", chart.title);
  }

  /** Whether the chart applies to the run. */
  applies(view: View): boolean {
    return this.chart.claim(view) !== undefined;
  }

  render(view: View): void {
    const claim = this.chart.claim(view);
    this.root.hidden = claim === undefined;
    if (claim === undefined) return;
    showTypeset(this.sentence, claim);
    const about = view.update.state.quantities.filter(({ name }) => this.chart.isAbout(name));
    const deciding = decidingOne(about);
    this.badge.show(deciding?.verdict);
    setText(this.evidence, inWords(deciding ?? about[0]));
    this.chart.draw(view);
  }
}

/** What was measured of the quantity that decides, and what is predicted of it. */
function inWords(quantity: QuantityEvidence | undefined): string {
  if (quantity === undefined) return "";
  const { name, measured, ciLow, ciHigh } = quantity;
  const sharpest = decisive(quantity);
  const interval = ciLow === null && ciHigh === null ? "" : ` [${formatNumber(ciLow)}, ${formatNumber(ciHigh)}]`;
  const predicted = sharpest === undefined ? "" : `; ${sharpest.kind} prediction ${claimText(sharpest)}`;
  return `${name} ${formatNumber(measured)}${interval}${predicted}`;
}
