import type { History } from "../live/history.js";
import type { RunDescription, RunEvent, Update } from "../live/http/page-feed.js";

/** Everything the page shows. */
export interface View {
  readonly run: RunDescription;
  readonly history: History;
  readonly events: readonly RunEvent[];
  readonly update: Update;
}

/** A part of the page, rendered from its part of the view. */
export interface Panel {
  render(view: View): void;
}
