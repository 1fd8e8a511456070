import type { QuantityEvidence } from "../experiments/evidence.js";
import { byId, element, setText } from "./element.js";
import { formatNumber, formatPercent } from "./format.js";
import { withFormulas } from "./formula.js";
import { intervalPlot } from "./interval-plot.js";
import { claimText, decisive } from "./summary.js";
import { showTypeset } from "./typeset.js";
import { verdictText } from "./verdict.js";
import type { Panel, View } from "./view.js";

const COLUMNS = 8;
/** What the run is about comes first, and what it was given last, in small type. */
const ROLES = ["headline", "other", "input"] as const;

/** The verdict table. Cells are updated in place, so that a button keeps the focus. */
export class VerdictTable implements Panel {
  private readonly head = element("tr");
  private readonly body = element("tbody");
  private readonly names: string[] = [];

  /** @param choose called with the quantity that the user selects */
  constructor(private readonly choose: (quantity: string) => void) {
    byId("table").append(element("thead", "", this.head), this.body);
  }

  render({ update }: View): void {
    const { quantities, familyConfidence } = update.state;
    const titles = [
      "quantity",
      "verdict",
      "measured",
      `${formatPercent(familyConfidence).replace(".00", "")} joint interval`,
    ];
    const head = [...titles, "predicted", "kind", "side by side", "why"];
    if (this.head.children.length === 0) for (const title of head) this.head.append(heading(title));
    const inOrder = ROLES.flatMap((role) => quantities.filter((quantity) => quantity.role === role));
    const names = inOrder.map(({ name }) => name);
    if (names.join() !== this.names.join()) this.rebuild(names);
    for (const [i, quantity] of inOrder.entries()) {
      const row = this.body.children[i] as HTMLElement;
      row.className = quantity.role;
      fill(row, quantity);
    }
  }

  private rebuild(names: readonly string[]): void {
    this.names.splice(0, this.names.length, ...names);
    const buttons: HTMLButtonElement[] = [];
    const rows = names.map((name) => {
      const button = element("button", "", name);
      button.type = "button";
      button.addEventListener("click", () => {
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
        this.choose(name);
      });
      button.setAttribute("aria-pressed", String(buttons.length === 0));
      buttons.push(button);
      const cells = Array.from({ length: COLUMNS - 1 }, (_, i) => element("td", i > 0 && i < 4 ? "number" : ""));
      cells[COLUMNS - 2].className = "text";
      return element("tr", "", element("td", "", button), ...cells);
    });
    this.body.replaceChildren(...rows);
  }
}

function heading(title: string): HTMLElement {
  const number = title === "measured" || title === "predicted" || title.endsWith("interval");
  const cell = element("th", number ? "number" : "", title);
  cell.scope = "col";
  return cell;
}

function fill(row: HTMLElement, quantity: QuantityEvidence): void {
  const { measured, ciLow, ciHigh, margin, verdict, reason, unit, description } = quantity;
  const sharpest = decisive(quantity);
  const error =
    sharpest === undefined || sharpest.modelError === 0 ? "" : ` ± ${Number(sharpest.modelError.toPrecision(2))}`;
  const kind =
    sharpest === undefined ? "–" : `${sharpest.kind}${sharpest.status === "applies" ? "" : ", outside assumptions"}`;
  const texts = [
    verdictText(verdict),
    formatNumber(measured),
    ciLow === null && ciHigh === null ? "–" : `[${formatNumber(ciLow)}, ${formatNumber(ciHigh)}]`,
    sharpest === undefined ? "–" : `${claimText(sharpest)}${error}`,
    kind,
  ];
  // The reason of a void run is shown once, above the table.
  const why = verdict === "void" ? "" : verdict === "agrees" ? `within ${formatNumber(margin)} of it` : reason;
  for (const [i, text] of texts.entries()) setText(row.children[i + 1], text);
  showTypeset(row.children[7], withFormulas(why));
  row.children[6].replaceChildren(intervalPlot(quantity));
  row.children[0].firstElementChild?.setAttribute("title", `${description}${unit === "" ? "" : ` (${unit})`}`);
  row.children[7].setAttribute("title", reason);
  row.children[4].setAttribute("title", sharpest?.source ?? "");
  row.children[1].className = `verdict ${verdict}`;
}
