import { readFileSync } from "node:fs";
import { readSettings } from "../experiments/parameters.js";
import { Sha256Checksum } from "../live/line-checksum.js";
import { EXIT } from "../live/processes/process.js";
import { VERSION } from "../live/processes/version.js";
import { messageOf, UserError } from "../model/errors.js";
import { readEvents, readHeader } from "../model/event-log.js";
import { replay as replayEvents } from "../simulator/replay.js";
import { warn } from "./output.js";

/** The parsed options of a replay: settings of the run, for a policy whose module is to be loaded. */
export interface ReplayFlags {
  readonly set: readonly string[];
}

/** `equipoise replay`: replays the event logs of the dispatchers of a live run in virtual time. Returns the exit code. */
export function replay(files: readonly string[], flags: ReplayFlags): number {
  const codes = files.map((file) => replayOne(file, flags, files.length > 1 ? `${file}: ` : ""));
  return Math.max(...codes);
}

function replayOne(file: string, { set }: ReplayFlags, prefix: string): number {
  const [first, ...lines] = textOf(file).split("\n");
  const header = readHeader(first, file);
  const { policy, ...others } = readSettings(set);
  if (Object.keys(others).length > 0)
    throw new UserError(
      `--set ${Object.keys(others)[0]}: a run is replayed with its own settings; only the module of its policy is given`,
    );
  if (policy !== undefined && policy !== header.parameters.policy)
    throw new UserError(
      `--set policy=${policy}: the run had ${header.parameters.policy === undefined ? "the default" : `policy=${header.parameters.policy}`}`,
    );
  const checksum = new Sha256Checksum();
  checksum.add(first);
  const { events, closed } = readEvents(lines, file, checksum);
  if (header.version !== VERSION) warn(`warning: recorded by version ${header.version}, replayed by ${VERSION}`);
  if (!closed) warn(`warning: ${file} was not closed: any events after the first ${events.length} are lost`);
  const { decisions, difference, totals } = replayEvents(header, events);
  if (difference !== undefined) {
    const { event, recorded, replayed } = difference;
    process.stdout.write(
      `${prefix}differs: event ${event} went to server ${recorded} when recorded and to ${replayed} when replayed\n`,
    );
    return EXIT.differs;
  }
  process.stdout.write(
    `${prefix}identical: ${events.length} events, ${decisions} decisions; ${totals.offered} jobs offered, ${totals.completed} completed, ` +
      `${totals.blocked} blocked, ${totals.timedOut} timed out, ${totals.lost} lost, ${totals.inFlight} in flight\n`,
  );
  return EXIT.ok;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read (${messageOf(error)})`);
  }
}
