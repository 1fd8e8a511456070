import type { RandomStream } from "../model/random.js";
import type { ServerModel } from "../model/server-model.js";
import { parseServiceLaw } from "../model/slot-laws.js";
import type { ModelTime, Rate } from "../model/units.js";
import { Pool } from "./disciplines/pool.js";
import { ProcessorSharing } from "./disciplines/processor-sharing.js";
import { SlottedServer } from "./disciplines/slotted.js";
import type { EmulatedServer } from "./emulated-server.js";
import type { RateControl } from "./rate-control/rate-control.js";
import { Server } from "./server.js";

/**
 * The server that a model describes, idle at `now`.
 *
 * @param random the server's own stream, for what the jobs do not determine
 * @param waitsForLoad whether it keeps its rate until its first job
 */
export function serverFor(
  model: ServerModel,
  rateControl: RateControl,
  initialRate: Rate,
  now: ModelTime,
  random: RandomStream,
  waitsForLoad = false,
): EmulatedServer {
  const { discipline, buffer, workers = 1, abandonAfter, services = "constant" } = model;
  const rate = initialRate;
  switch (discipline) {
    case "slotted":
      return new SlottedServer({ buffer, services: parseServiceLaw(services), random, now });
    case "pool":
      return new Pool({ buffer, rate, now });
    case "ps":
      return new ProcessorSharing({ buffer, rate, workers, now });
    case "fifo":
      if (workers > 1) return new Pool({ buffer, rate, workers, abandonAfter, now });
      return new Server({ buffer, rateControl, initialRate, abandonAfter, now, waitsForLoad });
  }
}
