import type { FleetSample } from "../live/http/page-feed.js";
import type { Actions } from "./actions.js";
import { button, serversInProcessOf } from "./control-panel.js";
import { element, setText } from "./element.js";
import { formatNumber, formatPercent } from "./format.js";
import { MovingJobs } from "./moving-jobs.js";
import { colour, onThemeChange } from "./theme.js";
import { showTypeset } from "./typeset.js";
import type { Panel, View } from "./view.js";

const MEASURES = [
  { name: "rates", label: "service rate" },
  { name: "queueLengths", label: "jobs held" },
] as const;
type Measure = (typeof MEASURES)[number]["name"];
/** Up to this many servers, cells are large, and say how many jobs they hold. */
const FEW_SERVERS = 100;
/** From this many servers on, cells are tiny. */
const MANY_SERVERS = 400;
/** A server is overloaded that holds at least so many jobs, and so many times the mean. */
const MANY_JOBS = 6;
const TIMES_MEAN = 3;

/** The fleet as a grid of cells, one per server, coloured by the selected value. A click on a cell tells more, and acts. */
export class FleetPanel implements Panel {
  private readonly grid = element("div", "fleet");
  private readonly sentence = element("p", "claim");
  private readonly scale = element("p", "claim");
  private readonly chosenServer = element("div", "chosen");
  private readonly told = element("span");
  /** Null until selected by the user or the scenario. */
  private measure: Measure | null = null;
  private selected: number | null = null;
  private readonly inputs = new Map<Measure, HTMLInputElement>();
  private view: View | undefined;
  private readonly jobs = new MovingJobs(this.grid);
  readonly root: HTMLElement;

  constructor(private readonly actions: Actions) {
    const dispatcher = element("div", "dispatcher", "dispatcher");
    const stage = element("div", "stage", dispatcher, this.grid);
    const content = [this.sentence, this.choice(), stage, this.scale, this.chosenServer];
    this.root = element("section", "card fleet-card", element("h2", "", "The fleet"), ...content);
    this.root.setAttribute("aria-label", "The fleet");
    this.grid.setAttribute("role", "img");
    this.grid.addEventListener("click", ({ target }) => this.clicked(target));
    setText(this.told, "Select a server.");
    onThemeChange(() => this.paint());
  }

  render(view: View): void {
    const { run, update } = view;
    if (this.view?.run.id !== run.id) this.offerActions(view);
    this.view = view;
    const { oneIn } = update.fleet;
    const everyOne = oneIn === 1 ? "One cell per server" : `One cell per server, showing one server in ${oneIn}`;
    showTypeset(this.sentence, run.claims.fleet ?? `${everyOne}, in order of their numbers.`);
    // If theory makes no claim about rates, they are constant, and queues are of interest.
    this.measure ??= run.system.adaptsRates ? "rates" : "queueLengths";
    this.paint();
    this.jobs.show(update.fleet);
  }

  private choice(): HTMLElement {
    const options = MEASURES.map(({ name, label }) => {
      const input = element("input");
      Object.assign(input, { type: "radio", name: "fleet-measure", value: name });
      input.addEventListener("change", () => {
        this.measure = name;
        this.paint();
      });
      this.inputs.set(name, input);
      return element("label", "", input, ` ${label}`);
    });
    return element("fieldset", "", element("legend", "", "Colour by"), ...options);
  }

  private offerActions({ run }: View): void {
    const act = (label: string, perform: (server: number) => Promise<void>): HTMLElement => {
      const one = button(label);
      one.addEventListener("click", () => void (this.selected !== null && perform(this.selected)));
      return one;
    };
    const buttons =
      run.controls === null
        ? []
        : [
            act("Drain it", (server) => this.actions.perform({ action: "drain", server })),
            act("Kill it", (server) =>
              this.actions.kill(server, this.view ? serversInProcessOf(this.view, server) : 1),
            ),
            act("Restore it", (server) => this.actions.perform({ action: "restore", server })),
          ];
    this.chosenServer.replaceChildren(this.told, ...buttons);
  }

  private clicked(target: EventTarget | null): void {
    const index = [...this.grid.children].indexOf(target as Element);
    this.selected = this.view?.update.fleet.numbers[index] ?? null;
    this.paint();
  }

  private paint(): void {
    if (this.view === undefined || this.measure === null) return;
    const { fleet } = this.view.update;
    const { measure } = this;
    const input = this.inputs.get(measure);
    if (input !== undefined) input.checked = true;
    const values = fleet[measure];
    const greatest = Math.max(measure === "rates" ? 0 : 1, ...values.map((value) => value ?? 0));
    while (this.grid.children.length < values.length) this.grid.append(element("i"));
    while (this.grid.children.length > values.length) this.grid.lastElementChild?.remove();
    const isFew = values.length <= FEW_SERVERS;
    this.grid.classList.toggle("few", isFew);
    this.grid.classList.toggle("many", values.length > MANY_SERVERS);
    const [strong, weak] = [colour("measured"), colour("grid")];
    const overloaded = overloadFrom(fleet);
    for (const [i, value] of values.entries()) {
      const cell = this.grid.children[i] as HTMLElement;
      const share = greatest === 0 ? 0 : Math.round((100 * (value ?? 0)) / greatest);
      const jobs = fleet.queueLengths[i];
      const status = fleet.statuses[i] === "serving" && jobs >= overloaded ? "overloaded" : fleet.statuses[i];
      cell.className = `${status}${share > 55 ? " strong" : ""}${fleet.numbers[i] === this.selected ? " selected" : ""}`;
      cell.style.background = status === "gone" ? "" : `color-mix(in oklab, ${strong} ${share}%, ${weak})`;
      cell.title = this.tell(i, status);
      setText(cell, isFew ? textOf(status, jobs) : "");
    }
    this.explain(fleet, greatest);
  }

  private explain(fleet: FleetSample, greatest: number): void {
    const { label } = MEASURES.find(({ name }) => name === this.measure) ?? MEASURES[0];
    const counts = (["drained", "gone"] as const).map(
      (status) => [status, fleet.statuses.filter((one) => one === status).length] as const,
    );
    const special = counts.flatMap(([status, count]) => (count === 0 ? [] : [`; ${count} ${status}`]));
    setText(this.scale, `From 0 (pale) to ${formatNumber(greatest)} (full colour)${special.join("")}.`);
    const among = `${fleet.numbers.length} servers by ${label}, at most ${formatNumber(greatest)}`;
    this.grid.setAttribute("aria-label", `${among}${special.join("")}`);
    const index = this.selected === null ? -1 : fleet.numbers.indexOf(this.selected);
    setText(this.told, index < 0 ? "Select a server." : this.tell(index, fleet.statuses[index]));
  }

  private tell(i: number, status: string): string {
    const { numbers, rates, queueLengths, busyFractions } = (this.view as View).update.fleet;
    if (status === "gone") return `server ${numbers[i]}: gone`;
    const state = status === "serving" ? "" : `${status}, `;
    const jobs = `${queueLengths[i]} ${queueLengths[i] === 1 ? "job" : "jobs"}`;
    return `server ${numbers[i]}: ${state}rate ${formatNumber(rates[i])}, ${jobs}, busy ${formatPercent(busyFractions[i])}`;
  }
}

/** From how many jobs on a server is overloaded. */
function overloadFrom({ queueLengths }: FleetSample): number {
  const mean = queueLengths.reduce((sum, jobs) => sum + jobs, 0) / Math.max(1, queueLengths.length);
  return Math.max(MANY_JOBS, TIMES_MEAN * mean);
}

function textOf(status: string, jobs: number): string {
  if (status === "gone") return "✕";
  if (status === "drained") return "‖";
  const held = jobs === 0 ? "" : jobs <= 3 ? "•".repeat(jobs) : String(jobs);
  return status === "overloaded" ? `${held}!` : held;
}
