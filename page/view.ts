import type { History } from "../live/history.js";
import type { RunDescription, RunEvent, Update } from "../live/page-feed.js";

/** All that the page shows. */
export interface View {
  readonly run: RunDescription;
  readonly history: History;
  readonly events: readonly RunEvent[];
  readonly update: Update;
}

/** A part of the page that shows its part of the view. */
export interface Panel {
  render(view: View): void;
}
