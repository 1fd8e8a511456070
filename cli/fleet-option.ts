import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { overridden, readSettings } from "../experiments/parameters.js";
import { fromFolder } from "../live/processes/setting-files.js";
import { messageOf, UserError } from "../model/errors.js";
import { fleet } from "../scenarios/fleet/index.js";
import { scenarioNamed } from "../scenarios/index.js";
import { readFleetFile } from "../workload/fleet-file.js";
import type { SweepFlags } from "./sweep-command.js";

/**
 * Adds what a fleet file says to the arguments of a command that has `--fleet`; what the command line says comes first.
 *
 * @throws UserError if the file cannot be read or is invalid, or if another scenario is named, or neither that nor a file
 */
export function addFleetFile(command: Command): void {
  const namesScenario = command.registeredArguments[0]?.name() === "scenario";
  const { fleet: file, set = [], vary = [] } = command.opts<Partial<SweepFlags> & { readonly fleet?: string }>();
  const [named] = command.args;
  if (file === undefined) {
    if (namesScenario && command.processedArgs[0] === undefined)
      throw new UserError(`${command.name()}: name a scenario (equipoise list), or a fleet with --fleet FILE`);
    return;
  }
  if (named !== undefined && scenarioNamed(named) !== fleet)
    throw new UserError(`--fleet ${file}: is for scenario ${fleet.name}, not ${named}`);
  const { settings, run } = readFleetFile(textOf(file), file);
  const first = [...Object.keys(readSettings(set)), ...vary.map(({ name }) => name)];
  const remaining = Object.entries(overridden(settings, first, fleet.parameters));
  if (namesScenario) command.processedArgs[0] = fleet.name;
  command.setOptionValue("set", [
    ...remaining.map(([name, value]) => `${name}=${fromFolder(dirname(file), value)}`),
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
