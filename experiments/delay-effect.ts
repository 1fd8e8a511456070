import { meanMessageDelay, NO_DELAY } from "../model/message-delay.js";
import type { ModelTime } from "../model/units.js";
import type { SystemModel } from "./scenario.js";

/** Mean time per job by which messages, to the server and back, are delayed on purpose: it is part of the system, and no fault. */
export function askedDelay({ delay = NO_DELAY }: Pick<SystemModel, "delay">): ModelTime {
  return 2 * meanMessageDelay(delay);
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
