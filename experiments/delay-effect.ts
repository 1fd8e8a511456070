import { type AskedDelays, delayBetween, meanMessageDelay } from "../model/message-delay.js";
import type { ModelTime } from "../model/units.js";
import type { RunConditions, SystemModel } from "./scenario.js";

/** Mean time per job by which messages, to the server and back, are delayed on purpose: it is part of the system, and no fault. */
export function askedDelay(asked: AskedDelays, dispatcher: number, server: number): ModelTime {
  return 2 * meanMessageDelay(delayBetween(asked, dispatcher, server));
}

/** The greatest of them. */
export function greatestAskedDelay(system: AskedDelays & Pick<SystemModel, "servers" | "division">): ModelTime {
  if (system.delayBetween === undefined) return askedDelay(system, 0, 0);
  const { servers, division } = system;
  let greatest = 0;
  for (let dispatcher = 0; dispatcher < (division?.dispatchers ?? 1); dispatcher++)
    for (let server = 0; server < servers; server++)
      greatest = Math.max(greatest, askedDelay(system, dispatcher, server));
  return greatest;
}

/** What messages took besides the delay that they have on purpose; negative where that was shorter than it is on average. */
export function delayBesides({ messageDelay, askedDelay = 0 }: RunConditions): ModelTime {
  return messageDelay - askedDelay;
}

/** Message delays whose effects are worked out; the second is the largest with which a run is not void. */
export const DELAYS: readonly [near: ModelTime, far: ModelTime] = [0.02, 0.1];

/**
 * The effect of a message delay, by linear interpolation between none, that of the near delay and that of the far one. This
 * overestimates effects that grow superlinearly, as those of stale information do.
 *
 * @param effects of DELAYS
 */
export function effectOfDelay(messageDelay: ModelTime, [atNear, atFar]: readonly [number, number]): number {
  const [near, far] = DELAYS;
  if (messageDelay <= near) return (atNear * messageDelay) / near;
  return atNear + ((atFar - atNear) * (messageDelay - near)) / (far - near);
}

/**
 * The error that any prediction has where this fraction of the jobs was held up: by a pause, in which jobs and services end up in bursts. It may make each of
 * these jobs blocked, or wait for about a service, however rare that is otherwise, and what is larger than one it changes in proportion.
 *
 * @param value a fraction, a time in units of time or a number of jobs
 */
export function effectOfPauses(heldUpFraction: number, value: number): number {
  return heldUpFraction * Math.max(1, Math.abs(value));
}
