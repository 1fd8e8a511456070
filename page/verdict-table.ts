import type { QuantityEvidence } from "../scenarios/evidence.js";
import { describeClaim } from "../theory/verdict.js";
import { byId, element, setText } from "./element.js";
import { formatNumber, formatPercent } from "./format.js";
import type { Panel, View } from "./view.js";

const SYMBOLS = { agrees: "✓", differs: "✗", undecided: "?", void: "∅" } as const;
const COLUMNS = 7;

/** The table of verdicts. Cells are filled in place, so that a button keeps the focus while figures change. */
export class VerdictTable implements Panel {
  private readonly head = element("tr");
  private readonly body = element("tbody");
  private readonly names: string[] = [];

  /** @param choose called with the quantity that the user chose to see over time */
  constructor(private readonly choose: (quantity: string) => void) {
    byId("table").append(element("thead", "", this.head), this.body);
  }

  render({ update }: View): void {
    const { quantities, familyConfidence } = update.state;
    const titles = ["quantity", "measured", `${formatPercent(familyConfidence).replace(".00", "")} joint interval`];
    const head = [...titles, "predicted", "kind", "verdict", "why"];
    if (this.head.children.length === 0) for (const title of head) this.head.append(heading(title));
    const names = quantities.map(({ name }) => name);
    if (names.join() !== this.names.join()) this.rebuild(names);
    for (const [row, quantity] of quantities.entries()) fill(this.body.children[row] as HTMLElement, quantity);
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
      const cells = Array.from({ length: COLUMNS - 1 }, (_, i) => element("td", i < 3 ? "number" : ""));
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
  const { measured, ciLow, ciHigh, predictions, verdict, reason, unit, description } = quantity;
  const sharpest = predictions.find(({ kind }) => kind !== "bound") ?? predictions[0];
  const error =
    sharpest === undefined || sharpest.modelError === 0 ? "" : ` ± ${Number(sharpest.modelError.toPrecision(2))}`;
  const kind =
    sharpest === undefined ? "–" : `${sharpest.kind}${sharpest.status === "applies" ? "" : ", outside assumptions"}`;
  const texts = [
    formatNumber(measured),
    ciLow === null && ciHigh === null ? "–" : `[${formatNumber(ciLow)}, ${formatNumber(ciHigh)}]`,
    sharpest === undefined ? "–" : `${describeClaim(sharpest)}${error}`,
    kind,
    `${SYMBOLS[verdict]} ${verdict}`,
    // Why a run is void is said once, above the table.
    verdict === "void" ? "" : reason,
  ];
  for (const [i, text] of texts.entries()) setText(row.children[i + 1], text);
  row.children[0].firstElementChild?.setAttribute("title", `${description}${unit === "" ? "" : ` (${unit})`}`);
  row.children[3].setAttribute("title", sharpest?.source ?? "");
  row.children[5].className = `verdict ${verdict}`;
}
