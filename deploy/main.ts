#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Argument, Command } from "commander";
import { wholeNumber } from "../experiments/parameters.js";
import { plainFlag, readFlags } from "../live/processes/flags.js";
import { runMain } from "../live/processes/process.js";
import { deployment, PLATFORMS, type Platform } from "./generated.js";
import { USUAL_SYSTEM } from "./system.js";

interface Flags {
  readonly dispatchers: number;
  readonly nodes: number;
  readonly servers: number;
  readonly tls?: true;
}

runMain("deploy", async () => {
  const { dispatchers, nodes, serversPerNode } = USUAL_SYSTEM;
  const command = new Command("deploy")
    .description("Prints the file that deploys a system of a size of your own; docs/machines.md says how to use it.")
    .addArgument(new Argument("<platform>", "where to").choices(Object.keys(PLATFORMS)))
    .addOption(plainFlag("--dispatchers <count>", "number of dispatchers", wholeNumber(1), String(dispatchers)))
    .addOption(plainFlag("--nodes <count>", "containers of server nodes", wholeNumber(1), String(nodes)))
    .addOption(plainFlag("--servers <count>", "servers in each of them", wholeNumber(1), String(serversPerNode)))
    .option("--tls", "dispatchers show a certificate, a secret like the token");
  const flags = readFlags<Flags>(command);
  const system = { ...flags, serversPerNode: flags.servers, tls: flags.tls ?? false };
  const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
  process.stdout.write(deployment(command.args[0] as Platform, system, read));
});
