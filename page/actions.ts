import type { ControlAction } from "../live/http/control.js";
import { byId, element, setText } from "./element.js";

/** Carries out actions on the running system, and says what came of them. */
export class Actions {
  /** Where the user gives the dispatcher's token, if it needs one. */
  readonly token = element("input");
  /** What the last action did. */
  readonly outcome = element("p", "claim outcome");

  constructor() {
    this.outcome.setAttribute("role", "status");
    Object.assign(this.token, { type: "password", autocomplete: "off", size: 24 });
  }

  async perform(action: ControlAction): Promise<void> {
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
      setText(this.outcome, done === undefined ? `Failed: ${why ?? response.status}.` : `Done: ${done}.`);
    } catch {
      setText(this.outcome, "Failed: the dispatcher does not respond.");
    }
  }

  /**
   * Kills the process of a server, after asking if others go with it.
   *
   * @param together how many servers its process runs
   */
  async kill(server: number, together: number): Promise<void> {
    const question = `Server ${server} shares its process with ${together - 1} more: all ${together} will be gone.`;
    if (together > 1 && !(await confirmed(question))) setText(this.outcome, "Nothing was killed.");
    else await this.perform({ action: "kill", server });
  }
}

function confirmed(question: string): Promise<boolean> {
  const dialog = byId<HTMLDialogElement>("confirm");
  setText(byId("question"), question);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
