import { History } from "../live/history.js";
import type { Beginning, RunEvent, Update } from "../live/page-feed.js";
import { byId, setText } from "./element.js";
import type { View } from "./view.js";

/** Events kept, the latest: more would hide a chart. */
const MOST_EVENTS = 200;
/** How long to wait before connecting anew when the browser has given up. */
const RETRY_MILLISECONDS = 1000;

/**
 * Follows the dispatcher's events and calls back with every new view. After a lost connection or a restart of the
 * dispatcher it begins anew with what the dispatcher then says: its history is the dispatcher's, never the page's own.
 */
export function follow(show: (view: View) => void): void {
  const source = new EventSource("api/events");
  let beginning: Beginning | undefined;
  let history = new History();
  let events: RunEvent[] = [];
  source.addEventListener("begin", ({ data }: MessageEvent<string>) => {
    beginning = JSON.parse(data) as Beginning;
    history = new History(beginning.history);
    events = [...beginning.events];
    setStatus("live");
  });
  source.addEventListener("update", ({ data }: MessageEvent<string>) => {
    if (beginning === undefined) return;
    const update = JSON.parse(data) as Update;
    if (update.row !== null) history.add(update.state.elapsedTime, update.row);
    events = [...events, ...update.events].slice(-MOST_EVENTS);
    show({ run: beginning.run, history, events, update });
  });
  source.addEventListener("error", () => {
    setStatus("disconnected");
    // The browser tries again by itself unless the answer was no stream of events.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(show), RETRY_MILLISECONDS);
  });
}

function setStatus(status: "live" | "disconnected"): void {
  const connection = byId("connection");
  connection.dataset.status = status;
  setText(connection, status === "live" ? "● live" : "○ disconnected, trying again");
}
