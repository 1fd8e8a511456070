import type { ControlAction, ControlOffer } from "../live/http/control.js";
import type { Actions } from "./actions.js";
import { element, setText } from "./element.js";
import { formatNumber } from "./format.js";
import type { Panel, View } from "./view.js";

/** Controls of the running system, if the dispatcher allows them: what runs now, and forms to change it. */
export class ControlPanel implements Panel {
  readonly root = element("section", "card controls-card");
  private readonly now = element("p", "claim");
  private readonly pause = button("Pause arrivals");
  private readonly resume = button("Resume");
  private readonly rate = field({ type: "number", min: "1e-9", max: "1e9", step: "any" });
  private readonly seed = field({ type: "text", maxLength: 64, size: 6 });
  private readonly policy = element("select");
  private shown = "";
  private policyShown = "";
  private view: View | undefined;

  constructor(private readonly actions: Actions) {
    this.root.hidden = true;
    this.root.setAttribute("aria-label", "Controls");
    this.pause.addEventListener("click", () => void this.actions.perform({ action: "pause" }));
    this.resume.addEventListener("click", () => void this.actions.perform({ action: "resume" }));
  }

  render(view: View): void {
    this.view = view;
    const { run, update } = view;
    if (this.shown !== run.id) {
      this.shown = run.id;
      this.build(run.controls);
    }
    const { workload, state } = update;
    if (workload === null) return;
    const arrivals = workload.paused ? "paused" : `${formatNumber(workload.arrivalRate)} per time unit`;
    setText(this.now, `Now: arrivals ${arrivals}, seed ${workload.seed}, policy ${state.policy}.`);
    this.pause.disabled = workload.paused;
    this.resume.disabled = !workload.paused;
    this.rate.placeholder = String(workload.arrivalRate);
    this.seed.placeholder = workload.seed;
    if (this.policyShown === state.policy) return;
    this.policyShown = state.policy;
    this.policy.value = state.policy;
  }

  private build(controls: ControlOffer | null): void {
    this.root.hidden = controls === null;
    if (controls === null) return;
    this.root.replaceChildren(element("h2", "", "Controls"), this.now, ...this.forms(controls), this.actions.outcome);
    setText(
      this.actions.outcome,
      "Every action is marked on the charts over time; any but a new seed makes this run void.",
    );
  }

  private forms({ needsToken, policies }: ControlOffer): HTMLElement[] {
    const { rate, seed, policy } = this;
    policy.replaceChildren(...policies.map((name) => element("option", "", name)));
    this.policyShown = "";
    const act = (action: () => ControlAction) => () => this.actions.perform(action());
    return [
      ...(needsToken ? [element("div", "control", element("label", "", "Dispatcher token ", this.actions.token))] : []),
      form(
        [element("label", "", "Total arrival rate (per time unit) ", rate), button("Set", "submit")],
        act(() => ({ action: "arrival-rate", rate: Number(rate.value) })),
        [this.pause, this.resume],
      ),
      form(
        [element("label", "", "Arrival seed ", seed), button("New seed", "submit")],
        act(() => ({ action: "seed", seed: seed.value })),
      ),
      ...(policies.length === 0
        ? []
        : [
            form(
              [element("label", "", "Policy ", policy), button("Change", "submit")],
              act(() => ({ action: "policy", policy: policy.value })),
            ),
          ]),
      this.serverForm(),
    ];
  }

  /** Acts on a server by its number; a click on a cell of the fleet does so without typing. */
  private serverForm(): HTMLElement {
    const server = field({ type: "number", min: "0", step: "1" });
    const made = form(
      [element("label", "", "Server ", server), button("Drain", "submit")],
      () => this.actions.perform({ action: "drain", server: Number(server.value) }),
      [],
    );
    const further = (label: string, act: (number: number) => Promise<void>) => {
      const one = button(label);
      one.addEventListener("click", () => void (made.reportValidity() && act(Number(server.value))));
      return one;
    };
    const add = button("Add a server");
    add.addEventListener("click", () => void this.actions.perform({ action: "add" }));
    made.append(
      further("Kill", (number) => this.actions.kill(number, this.serversWith(number))),
      further("Restore", (number) => this.actions.perform({ action: "restore", server: number })),
      add,
    );
    return made;
  }

  private serversWith(server: number): number {
    return this.view === undefined ? 1 : serversInProcessOf(this.view, server);
  }
}

/** How many servers run in the process of this one. */
export function serversInProcessOf({ update }: View, server: number): number {
  const node = update.fleet.nodes[update.fleet.numbers.indexOf(server)] ?? null;
  return node === null ? 1 : update.state.nodes[node].servers;
}

/** A form that acts on Enter or its button, and not on what is no answer. */
function form(
  content: readonly HTMLElement[],
  act: () => Promise<void>,
  further: readonly HTMLElement[] = [],
): HTMLFormElement {
  const made = element("form", "control", ...content, ...further);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    void act();
  });
  return made;
}

function field(attributes: Readonly<Record<string, string | number>>): HTMLInputElement {
  const made = element("input");
  Object.assign(made, { required: true, ...attributes });
  return made;
}

export function button(label: string, type: "button" | "submit" = "button"): HTMLButtonElement {
  const made = element("button", "", label);
  made.type = type;
  return made;
}
