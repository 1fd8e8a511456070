import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { overridden, readSettings } from "../experiments/parameters.js";
import { fromFolder } from "../live/processes/setting-files.js";
import { messageOf, UserError } from "../model/errors.js";
import { fleet } from "../scenarios/fleet/index.js";
import { scenarioNamed } from "../scenarios/index.js";
import { type Recorded, readFleetFile } from "../workload/fleet-file.js";
import type { SweepFlags } from "./sweep-command.js";

/**
 * Adds what a fleet file says to the arguments of a command that has `--fleet`; what the command line says comes first.
 *
 * @param recorded what comes before what the file says, or is all there is
 * @throws UserError if the file cannot be read or is invalid, or if another scenario is named, or neither that nor a file
 */
export function addFleetFile(command: Command, recorded?: Recorded): void {
  const namesScenario = command.registeredArguments[0]?.name() === "scenario";
  const { fleet: file, set = [], vary = [] } = command.opts<Partial<SweepFlags> & { readonly fleet?: string }>();
  const [named] = command.args;
  if (file === undefined && recorded === undefined) {
    if (namesScenario && command.processedArgs[0] === undefined)
      throw new UserError(`${command.name()}: name a scenario (equipoise list), or a fleet with --fleet FILE`);
    return;
  }
  if (named !== undefined && scenarioNamed(named) !== fleet)
    throw new UserError(`--fleet ${file}: is for scenario ${fleet.name}, not ${named}`);
  const { settings, run } = readFleetFile(file === undefined ? "{}" : textOf(file), file ?? "recorded jobs", recorded);
  const first = [...Object.keys(readSettings(set)), ...vary.map(({ name }) => name)];
  if (recorded?.needsLoad && !["load", "arrivalRate"].some((name) => name in settings || first.includes(name)))
    throw new UserError("the log does not say what its jobs ask of the servers: say at which load, with --loads");
  const remaining = Object.entries(overridden(settings, first, fleet.parameters));
  if (namesScenario) command.processedArgs[0] = fleet.name;
  command.setOptionValue("set", [
    ...remaining.map(([name, value]) => `${name}=${fromFolder(dirname(file ?? ""), value)}`),
    ...set,
  ]);
  for (const [name, value] of Object.entries(run)) {
    const isFlag = command.options.some((option) => option.attributeName() === name);
    if (isFlag && command.getOptionValueSource(name) !== "cli") command.setOptionValue(name, value);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`--fleet ${file}: cannot be read (${messageOf(error)})`);
  }
}
