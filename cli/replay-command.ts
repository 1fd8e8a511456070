import { readFileSync } from "node:fs";
import { EXIT } from "../live/process.js";
import { VERSION } from "../live/version.js";
import { messageOf, UserError } from "../model/errors.js";
import { readEvents, readHeader } from "../scenarios/event-log.js";
import { replay as replayEvents } from "../simulator/replay.js";

/** `equipoise replay`: a live run's event log through a dispatcher in virtual time. Returns the exit code. */
export function replay(file: string): number {
  const [first, ...lines] = textOf(file).split("\n");
  const header = readHeader(first, file);
  const { events, closed } = readEvents(lines, file);
  if (header.version !== VERSION)
    process.stderr.write(`warning: recorded by version ${header.version}, replayed by ${VERSION}\n`);
  if (!closed)
    process.stderr.write(`warning: ${file} was not closed: what came after its ${events.length} events is lost\n`);
  const { decisions, difference, totals } = replayEvents(header, events);
  if (difference !== undefined) {
    const { event, recorded, replayed } = difference;
    process.stdout.write(
      `differs: event ${event} went to server ${recorded} when recorded and to ${replayed} when replayed\n`,
    );
    return EXIT.differs;
  }
  process.stdout.write(
    `the same: ${events.length} events, ${decisions} decisions; ${totals.offered} jobs offered, ${totals.completed} completed, ` +
      `${totals.blocked} blocked, ${totals.lost} lost, ${totals.inFlight} in flight\n`,
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
