import type { ServerModel } from "../model/server-model.js";
import type { ModelTime, Rate } from "../model/units.js";
import { Pool } from "./disciplines/pool.js";
import type { EmulatedServer } from "./emulated-server.js";
import type { RateControl } from "./rate-control/rate-control.js";
import { Server } from "./server.js";

/** The server that a model describes, idle at `now`. */
export function serverFor(
  model: ServerModel,
  rateControl: RateControl,
  initialRate: Rate,
  now: ModelTime,
): EmulatedServer {
  if (model.discipline === "pool") return new Pool({ buffer: model.buffer, rate: initialRate, now });
  return new Server({ buffer: model.buffer, rateControl, initialRate, now });
}
