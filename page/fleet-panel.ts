import type { FleetLook } from "../live/page-feed.js";
import { element, setText } from "./element.js";
import { formatNumber } from "./format.js";
import { panelCard } from "./panel-card.js";
import { colour, onThemeChange } from "./theme.js";
import type { Panel, View } from "./view.js";

const MEASURES = [
  { name: "rates", label: "service rate" },
  { name: "queueLengths", label: "jobs held" },
] as const;
/** Up to so many servers, cells are large. */
const FEW_SERVERS = 100;
type Measure = (typeof MEASURES)[number]["name"];

/** The fleet as a grid of cells, one per server, coloured by what was chosen. */
export class FleetPanel implements Panel {
  private readonly grid = element("div", "fleet");
  private readonly scale = element("p", "claim");
  /** Null until the user or the scenario has chosen. */
  private chosen: Measure | null = null;
  private readonly inputs = new Map<Measure, HTMLInputElement>();
  private latest: FleetLook | undefined;
  readonly card = panelCard("The fleet", this.choice(), this.grid, this.scale);

  constructor() {
    this.grid.setAttribute("role", "img");
    onThemeChange(() => this.paint());
  }

  render({ run, update }: View): void {
    const { oneIn } = update.fleet;
    const everyOne = oneIn === 1 ? "One cell per server" : `One cell per server, one server in ${oneIn}`;
    this.card.show(run.claims.fleet ?? `${everyOne}, in the order of their numbers.`);
    this.latest = update.fleet;
    // Where theory says nothing of rates, they do not change, and queues are what there is to see.
    if (this.chosen === null) this.choose(run.claims["service-rates"] === undefined ? "queueLengths" : "rates");
    else this.paint();
  }

  private choice(): HTMLElement {
    const options = MEASURES.map(({ name, label }) => {
      const input = element("input");
      Object.assign(input, { type: "radio", name: "fleet-measure", value: name });
      input.addEventListener("change", () => this.choose(name));
      this.inputs.set(name, input);
      return element("label", "", input, ` ${label}`);
    });
    return element("fieldset", "", element("legend", "", "Colour by"), ...options);
  }

  private choose(measure: Measure): void {
    this.chosen = measure;
    const input = this.inputs.get(measure);
    if (input !== undefined) input.checked = true;
    this.paint();
  }

  private paint(): void {
    if (this.latest === undefined || this.chosen === null) return;
    const values = this.latest[this.chosen];
    const greatest = Math.max(this.chosen === "rates" ? 0 : 1, ...values.map((value) => value ?? 0));
    while (this.grid.children.length < values.length) this.grid.append(element("i"));
    while (this.grid.children.length > values.length) this.grid.lastElementChild?.remove();
    this.grid.classList.toggle("few", values.length <= FEW_SERVERS);
    const [strong, weak] = [colour("measured"), colour("grid")];
    const { label } = MEASURES.find(({ name }) => name === this.chosen) ?? MEASURES[0];
    for (const [i, value] of values.entries()) {
      const cell = this.grid.children[i] as HTMLElement;
      const share = greatest === 0 ? 0 : Math.round((100 * (value ?? 0)) / greatest);
      cell.style.background = `color-mix(in oklab, ${strong} ${share}%, ${weak})`;
      cell.title = `server ${this.latest.numbers[i]}: ${label} ${formatNumber(value)}`;
    }
    setText(this.scale, `From 0 (pale) to ${formatNumber(greatest)} (full colour).`);
    this.grid.setAttribute("aria-label", `${values.length} servers by ${label}, at most ${formatNumber(greatest)}`);
  }
}
