import { z } from "zod";
import { UserError } from "../../model/errors.js";

const server = z.int().min(0);

/** What an authorised user may do to a running system, as the body of `POST /api/control`. */
export const controlAction = z.discriminatedUnion("action", [
  /** Total arrival rate, in jobs per unit of model time. */
  z.strictObject({ action: z.literal("arrival-rate"), rate: z.number().positive().max(1e9) }),
  z.strictObject({ action: z.literal("pause") }),
  z.strictObject({ action: z.literal("resume") }),
  /** A new seed for the arrivals and job sizes. */
  z.strictObject({ action: z.literal("seed"), seed: z.string().min(1).max(64) }),
  z.strictObject({ action: z.literal("policy"), policy: z.string().min(1).max(64) }),
  /** Adds a server in a process of its own. */
  z.strictObject({ action: z.literal("add") }),
  /** The server takes no new jobs. */
  z.strictObject({ action: z.literal("drain"), server }),
  /** The server's process is killed, with all servers in it. */
  z.strictObject({ action: z.literal("kill"), server }),
  /** The server takes jobs again; its process is restarted if it was killed. */
  z.strictObject({ action: z.literal("restore"), server }),
]);

export type ControlAction = z.infer<typeof controlAction>;

/** What the page offers; null where the dispatcher was not started with `--control`. */
export interface ControlOffer {
  /** Whether an action needs the dispatcher's token. */
  readonly needsToken: boolean;
  /** Empty where the scenario fixes its policy. */
  readonly policies: readonly string[];
}

/** What load generators send. */
export interface Workload {
  /** Of the whole system, per time unit. */
  readonly arrivalRate: number;
  readonly seed: string;
  readonly paused: boolean;
}

/** Requests of the dispatcher to the command that started it and the other processes. */
export type ProcessRequest =
  | { readonly type: "kill-node"; readonly name: string }
  | { readonly type: "start-node"; readonly name: string }
  | { readonly type: "add-node"; readonly server: number };

/** Reads an action. Throws UserError if it is malformed. */
export function readControlAction(body: unknown): ControlAction {
  const parsed = controlAction.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`not an action: ${issue.path.join(".") || "it"}: ${issue.message}`);
}
