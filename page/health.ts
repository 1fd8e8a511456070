import { delayBesides } from "../experiments/delay-effect.js";
import type { View } from "./view.js";

/** From good to bad. */
export const LEVELS = ["healthy", "strained", "failing"] as const;
export type Level = (typeof LEVELS)[number];

/** One value of the health line, with how good it is and, where it is not, why. */
export interface Vital {
  readonly title: string;
  readonly text: string;
  readonly level: Level;
  readonly why?: string;
}

/** Load from which infinite queues grow long, and from which they grow without end. */
const HIGH_LOAD = 0.95;
const FULL_LOAD = 1;
/** Fraction of blocked jobs that deserves a look. */
const MUCH_BLOCKING = 0.1;
/** Half of the delays at which a run is void, in time units. */
const HIGH_DELAY = 0.05;
/** Points of the history over which the load is averaged. */
const RECENT_POINTS = 40;

/** How the system does: the load, what was blocked or lost, and whether machine and processes keep up. */
export function vitalsOf(view: View): Vital[] {
  return [loadOf(view), blockedOf(view), lostOf(view), serversOf(view), paceOf(view)];
}

/** The worst level, with the reasons for it. */
export function overallHealth(vitals: readonly Vital[]): { readonly level: Level; readonly why: string } {
  const level = LEVELS.findLast((one) => vitals.some((vital) => vital.level === one)) ?? "healthy";
  const reasons = vitals.flatMap((vital) => (vital.level === level && vital.why !== undefined ? [vital.why] : []));
  return { level, why: reasons.join("; ") };
}

function vital(title: string, text: string, level: Level = "healthy", why?: string): Vital {
  return { title, text, level, ...(why === undefined ? {} : { why }) };
}

function loadOf({ history, run }: View): Vital {
  const recent = history.column("load").slice(-RECENT_POINTS);
  const known = recent.filter((value) => value !== null);
  if (known.length === 0) return vital("offered load", "–");
  const load = known.reduce((sum, value) => sum + value, 0) / known.length;
  if (run.system.discipline === "pool") return vital("tasks per pool", load.toPrecision(3));
  const text = load.toFixed(load < 0.995 ? 2 : 3);
  if (run.system.buffer !== null) return vital("offered load", text);
  if (load >= FULL_LOAD) return vital("offered load", text, "failing", "more work comes than the servers can do");
  if (load >= HIGH_LOAD) return vital("offered load", text, "strained", "the load is close to 1: queues are long");
  return vital("offered load", text);
}

function blockedOf({ update }: View): Vital {
  const { offered, blocked } = update.state.totals;
  const fraction = offered === 0 ? 0 : blocked / offered;
  const text = fraction === 0 ? "0" : `${(100 * fraction).toPrecision(2)} %`;
  const percent = Math.round(100 * fraction);
  if (fraction > MUCH_BLOCKING) return vital("blocked", text, "strained", `${percent} % of all jobs were blocked`);
  return vital("blocked", text);
}

function lostOf({ update }: View): Vital {
  const { lost } = update.state.totals;
  return lost === 0 ? vital("lost", "0") : vital("lost", String(lost), "failing", `${lost} jobs were lost`);
}

function serversOf({ update }: View): Vital {
  const { servers, phase } = update.state;
  const text = `${servers.connected} of ${servers.expected}`;
  const missing = servers.expected - servers.connected;
  if (phase === "waiting" || missing <= 0) return vital("servers", text);
  const why = missing === 1 ? "a server is missing" : `${missing} servers are missing`;
  return vital("servers", text, missing === servers.expected ? "failing" : "strained", why);
}

/** Whether generator, messages and timers keep up. */
function paceOf({ update, run }: View): Vital {
  const { scheduleLag, timeUnitSeconds, heldBackTime } = update.state;
  const messageDelay = Math.max(0, delayBesides(update.state));
  const slowest = run.system.discipline === "slotted" ? messageDelay : Math.max(scheduleLag, messageDelay);
  const text = `${(1000 * slowest * timeUnitSeconds).toPrecision(2)} ms`;
  if (heldBackTime > 0) return vital("delays", text, "failing", "server nodes do not read as fast as jobs arrive");
  if (slowest > 2 * HIGH_DELAY) return vital("delays", text, "failing", "the machine does not keep up");
  if (slowest > HIGH_DELAY) return vital("delays", text, "strained", "the machine hardly keeps up");
  return vital("delays", text);
}
