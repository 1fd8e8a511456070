import type { ControlAction, ControlOffer } from "../live/control.js";
import { byId, element, setText } from "./element.js";
import type { Panel, View } from "./view.js";

/** What may be done to the running system, where the dispatcher lets the page do it. */
export class ControlPanel implements Panel {
  private readonly root = byId("controls");
  private readonly outcome = element("p", "claim");
  private readonly token = element("input");
  private shown = "";

  constructor() {
    this.outcome.setAttribute("role", "status");
    Object.assign(this.token, { type: "password", autocomplete: "off", size: 24 });
  }

  render({ run }: View): void {
    if (this.shown === run.id) return;
    this.shown = run.id;
    this.root.hidden = run.controls === null;
    if (run.controls !== null)
      this.root.replaceChildren(element("h3", "", "Controls"), this.form(run.controls), this.outcome);
    setText(this.outcome, "Every action is marked on the charts over time, and ends the verdict of this run.");
  }

  private form({ needsToken, totalArrivalRate, policies }: ControlOffer): HTMLElement {
    const rate = numberField("any", totalArrivalRate);
    const seed = element("input");
    seed.value = "2";
    seed.size = 6;
    const server = numberField("1", 0);
    const policy = element("select", "", ...policies.map((name) => element("option", "", name)));
    const numbered = (action: "drain" | "kill" | "restore") => () => ({ action, server: Number(server.value) });
    return element(
      "div",
      "controls",
      ...(needsToken ? [group(element("label", "", "Token of the dispatcher ", this.token))] : []),
      group(
        element("label", "", "Arrivals per time unit, in all ", rate),
        this.button("Set", () => ({ action: "arrival-rate", rate: Number(rate.value) })),
        this.button("Pause arrivals", () => ({ action: "pause" })),
        this.button("Resume", () => ({ action: "resume" })),
      ),
      group(
        element("label", "", "Seed of the arrivals ", seed),
        this.button("New seed", () => ({ action: "seed", seed: seed.value })),
      ),
      ...(policies.length === 0
        ? []
        : [
            group(
              element("label", "", "Policy ", policy),
              this.button("Change", () => ({ action: "policy", policy: policy.value })),
            ),
          ]),
      group(
        element("label", "", "Server ", server),
        this.button("Drain", numbered("drain")),
        this.button("Kill", numbered("kill")),
        this.button("Restore", numbered("restore")),
        this.button("Add a server", () => ({ action: "add" })),
      ),
    );
  }

  private button(label: string, action: () => ControlAction): HTMLButtonElement {
    const button = element("button", "", label);
    button.type = "button";
    button.addEventListener("click", () => void this.send(action()));
    return button;
  }

  private async send(action: ControlAction): Promise<void> {
    try {
      const response = await fetch("api/control", {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          ...(this.token.value === "" ? {} : { Authorization: `Bearer ${this.token.value}` }),
        },
        body: JSON.stringify(action),
      });
      const { done, why } = (await response.json()) as { done?: string; why?: string };
      setText(this.outcome, done === undefined ? `Not done: ${why ?? response.status}.` : `Done: ${done}.`);
    } catch {
      setText(this.outcome, "Not done: the dispatcher does not answer.");
    }
  }
}

function group(...content: readonly HTMLElement[]): HTMLElement {
  return element("div", "control", ...content);
}

function numberField(step: string, value: number): HTMLInputElement {
  const input = element("input");
  Object.assign(input, { type: "number", min: "0", step, value: String(value) });
  return input;
}
