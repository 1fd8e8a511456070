import type { ChartCard } from "./chart-card.js";
import { byId, setText } from "./element.js";

const ROOT = document.documentElement;

/** The lecture hall: one claim at a time with its chart and verdict, as large as the screen. `?present` begins with it. */
export class Presentation {
  private cards: readonly ChartCard[] = [];
  private current = 0;

  constructor() {
    byId("present").addEventListener("click", () => this.enter());
    byId("leave").addEventListener("click", () => this.leave());
    byId("previous").addEventListener("click", () => this.move(-1));
    byId("next").addEventListener("click", () => this.move(1));
    document.addEventListener("keydown", (event) => this.pressed(event));
    if (new URLSearchParams(location.search).has("present")) this.enter();
  }

  /** The cards that there are to show. */
  show(cards: readonly ChartCard[]): void {
    this.cards = cards;
    this.move(-this.current);
  }

  private get isOn(): boolean {
    return ROOT.dataset.present !== undefined;
  }

  private enter(): void {
    ROOT.dataset.present = "";
    byId("slides").hidden = false;
    this.move(0);
  }

  private leave(): void {
    delete ROOT.dataset.present;
    byId("slides").hidden = true;
  }

  private pressed({ key, target }: KeyboardEvent): void {
    if (!this.isOn || target instanceof HTMLInputElement) return;
    if (key === "Escape") this.leave();
    else if (key === "ArrowRight" || key === "PageDown") this.move(1);
    else if (key === "ArrowLeft" || key === "PageUp") this.move(-1);
    else if (key === "Home") this.move(-this.current);
    else if (key === "End") this.move(this.cards.length - 1 - this.current);
  }

  private move(steps: number): void {
    this.current = Math.min(this.cards.length - 1, Math.max(0, this.current + steps));
    for (const [i, { root }] of this.cards.entries()) root.classList.toggle("current", i === this.current);
    setText(byId("slide"), `${this.current + 1} of ${this.cards.length}`);
  }
}
