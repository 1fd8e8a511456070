import type { RandomStream } from "../model/random.js";
import type { ServerModel } from "../model/server-model.js";
import { parseServiceLaw } from "../model/slot-laws.js";
import type { ModelTime, Rate } from "../model/units.js";
import { Pool } from "./disciplines/pool.js";
import { SlottedServer } from "./disciplines/slotted.js";
import type { EmulatedServer } from "./emulated-server.js";
import type { RateControl } from "./rate-control/rate-control.js";
import { Server } from "./server.js";

/**
 * The server that a model describes, idle at `now`.
 *
 * @param random of its own, for what does not come with the jobs
 */
export function serverFor(
  model: ServerModel,
  rateControl: RateControl,
  initialRate: Rate,
  now: ModelTime,
  random: RandomStream,
): EmulatedServer {
  if (model.discipline === "slotted")
    return new SlottedServer({
      buffer: model.buffer,
      services: parseServiceLaw(model.services ?? "constant"),
      random,
      now,
    });
  if (model.discipline === "pool") return new Pool({ buffer: model.buffer, rate: initialRate, now });
  return new Server({ buffer: model.buffer, rateControl, initialRate, now });
}
