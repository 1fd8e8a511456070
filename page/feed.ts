import { History } from "../live/history.js";
import type { Beginning, RunEvent, Update } from "../live/http/page-feed.js";
import { byId, setText } from "./element.js";
import type { View } from "./view.js";

/** Without an update for so long, the dispatcher is lost. It sends four a second. */
const SILENCE_MILLISECONDS = 4000;
/** Delay before reconnecting when the browser has given up. */
const RETRY_MILLISECONDS = 1000;

/**
 * Follows the dispatcher's events and calls back with every new view. After a lost connection or a restart of the
 * dispatcher it starts again from the dispatcher's current history, never from the page's own.
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
    heard();
  });
  source.addEventListener("update", ({ data }: MessageEvent<string>) => {
    if (beginning === undefined) return;
    const update = JSON.parse(data) as Update;
    if (update.row !== null) history.add(update.state.elapsedTime, update.row);
    events = [...events, ...update.events];
    heard();
    show({ run: beginning.run, history, events, update });
  });
  source.addEventListener("error", () => {
    lost();
    // The browser retries by itself unless the response was not an event stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(show), RETRY_MILLISECONDS);
  });
}

let silence: ReturnType<typeof setTimeout> | undefined;

function heard(): void {
  clearTimeout(silence);
  silence = setTimeout(lost, SILENCE_MILLISECONDS);
  setText(byId("connection"), "● live");
  byId("lost").hidden = true;
  delete document.documentElement.dataset.lost;
}

/** The dispatcher does not answer: what is shown is out of date, and looks like it. */
function lost(): void {
  if (document.documentElement.dataset.lost !== undefined) return;
  clearTimeout(silence);
  setText(byId("connection"), "○ disconnected, reconnecting");
  const notice = byId("lost");
  notice.hidden = false;
  setText(
    notice,
    `The dispatcher has not answered since ${new Date().toLocaleTimeString()}; this is the last that it said.`,
  );
  document.documentElement.dataset.lost = "";
}
