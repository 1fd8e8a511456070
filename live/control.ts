import { z } from "zod";
import { UserError } from "../model/errors.js";

const server = z.int().min(0);

/** What someone with the right to may do to a running system, as `POST /api/control` takes it. */
export const controlAction = z.discriminatedUnion("action", [
  /** In jobs per unit of model time, to the whole system. */
  z.strictObject({ action: z.literal("arrival-rate"), rate: z.number().positive().max(1e9) }),
  z.strictObject({ action: z.literal("pause") }),
  z.strictObject({ action: z.literal("resume") }),
  /** New chance for the arrivals and the works of the jobs. */
  z.strictObject({ action: z.literal("seed"), seed: z.string().min(1).max(64) }),
  z.strictObject({ action: z.literal("policy"), policy: z.string().min(1).max(64) }),
  /** A further server, in a process of its own. */
  z.strictObject({ action: z.literal("add") }),
  /** The server takes no new jobs. */
  z.strictObject({ action: z.literal("drain"), server }),
  /** The server's process is killed, with all servers in it. */
  z.strictObject({ action: z.literal("kill"), server }),
  /** The server takes jobs again; its process is started again if it was killed. */
  z.strictObject({ action: z.literal("restore"), server }),
]);

export type ControlAction = z.infer<typeof controlAction>;

/** What the page offers; null where the dispatcher was not started with `--control`. */
export interface ControlOffer {
  /** Whether an action needs the dispatcher's token. */
  readonly needsToken: boolean;
  readonly totalArrivalRate: number;
  /** None where the scenario has a policy of its own. */
  readonly policies: readonly string[];
}

/** What the dispatcher asks of the command that started it and the other processes. */
export type ProcessRequest =
  | { readonly type: "kill-node"; readonly name: string }
  | { readonly type: "start-node"; readonly name: string }
  | { readonly type: "add-node"; readonly server: number };

/** Reads an action. Throws UserError that says what is wrong with it. */
export function readControlAction(body: unknown): ControlAction {
  const parsed = controlAction.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`no action: ${issue.path.join(".") || "it"}: ${issue.message}`);
}
