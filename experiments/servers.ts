import { UserError } from "../model/errors.js";
import { type InitialRates, initialRate } from "../model/initial-rates.js";
import type { ServerModel } from "../model/server-model.js";
import type { Rate } from "../model/units.js";
import type { SystemModel } from "./scenario.js";

/** A single class of servers. */
export const ONE_CLASS: Pick<SystemModel, "classNames" | "classOf"> = { classNames: ["server"], classOf: () => 0 };

/** A first-in-first-out server with a fixed rate. */
export function fixedRateServer(initialRates: InitialRates, buffer: number): ServerModel {
  return { discipline: "fifo", buffer, rateControl: { kind: "fixed" }, initialRates };
}

/**
 * The initial rates of the servers, by number.
 *
 * @throws UserError if a list does not have one rate per server
 */
export function startingRates(initialRates: InitialRates, servers: number, seed: string): Rate[] {
  if (initialRates.law === "list" && initialRates.rates.length !== servers)
    throw new UserError(`initialRates: the list has ${initialRates.rates.length} rates for ${servers} servers`);
  return Array.from({ length: servers }, (_, server) => initialRate(initialRates, seed, server));
}
