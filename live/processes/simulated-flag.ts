import type { Option } from "commander";
import { z } from "zod";
import type { Simulated } from "../../experiments/simulated-predictions.js";
import { messageOf, UserError } from "../../model/errors.js";
import { plainFlag } from "./flags.js";

const schema: z.ZodType<Simulated> = z.strictObject({
  runs: z.number().int().min(1),
  measuringTime: z.number().positive(),
  quantities: z.record(
    z.string(),
    z.strictObject({
      value: z.number(),
      halfWidth: z.number().min(0),
      effects: z.tuple([z.number(), z.number()]),
    }),
  ),
});

/**
 * Reads simulated predictions from JSON.
 *
 * @throws UserError if they are not well-formed
 */
export function readSimulated(text: string): Simulated {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`simulated predictions: ${messageOf(error)}`);
  }
}

/** The flag by which the command hands simulated predictions to the process that measures. */
export function simulatedFlag(): Option {
  return plainFlag("--simulated <json>", "predictions that the command has simulated", readSimulated);
}
