import { existsSync } from "node:fs";
import { divided } from "../experiments/division.js";
import { readSettings } from "../experiments/parameters.js";
import type { Views } from "../experiments/scenario.js";
import { writeWhole } from "../live/processes/output-files.js";
import { EXIT } from "../live/processes/process.js";
import { UserError } from "../model/errors.js";
import { namesFile } from "../model/named-files.js";
import { scenarioNamed } from "../scenarios/index.js";
import { print, STANDARD_OUTPUT } from "./output.js";

/** What runs, as `equipoise env` is told of it. */
export interface EnvFlags {
  readonly set: readonly string[];
  readonly seed: string;
  readonly timeUnit: number;
  readonly dispatchers: number;
  readonly views: Views;
  readonly out: string;
}

/**
 * `equipoise env`: writes the environment in which our processes run a scenario or a fleet, by themselves or in containers.
 *
 * @throws UserError if a setting is wrong or names a file, or if the file is there already
 */
export function env(scenario: string, flags: EnvFlags): number {
  const settings = readSettings(flags.set);
  for (const [name, value] of Object.entries(settings)) {
    if (namesFile(value))
      throw new UserError(`${name} = ${value}: processes that join a dispatcher read no files; name a law instead`);
    if (/\s/.test(value)) throw new UserError(`${name} = ${value}: blanks are between settings; leave them out`);
  }
  const { system } = divided(scenarioNamed(scenario).configure(settings, flags.seed), flags);
  const variables = {
    SCENARIO: scenario,
    SET: Object.entries(settings)
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
    SERVERS: system.servers,
    SEED: flags.seed,
    TIME_UNIT: `${flags.timeUnit}s`,
    DISPATCHERS: flags.dispatchers,
    VIEWS: flags.views,
  };
  const lines = Object.entries(variables).map(([name, value]) => `EQUIPOISE_${name}=${quoted(String(value))}`);
  const text = `# Made by equipoise env: docker compose reads it as .env, and Node.js with --env-file.\n${lines.join("\n")}\n`;
  if (flags.out === STANDARD_OUTPUT) process.stdout.write(text);
  else {
    if (existsSync(flags.out))
      throw new UserError(`--out ${flags.out}: is there already; choose another name, or remove it`);
    writeWhole(flags.out, text, "--out");
    print(`${flags.out} written: try docker compose up, or node --env-file=${flags.out} dist/dispatcher/main.js`);
    if (flags.dispatchers > 1)
      print(
        `docker compose starts the other dispatchers with what npm run --silent deploy -- compose --dispatchers ${flags.dispatchers} prints: docs/machines.md`,
      );
  }
  return EXIT.ok;
}

/** As both a shell and docker compose read it. Throws UserError where they cannot. */
function quoted(value: string): string {
  if (/^[\w.,:/+-]*$/.test(value)) return value;
  if (/['\n]/.test(value)) throw new UserError(`${value}: no variable can have quotes or several lines`);
  return `'${value}'`;
}
