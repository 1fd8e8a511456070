import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { UserError } from "../../model/errors.js";
import { contenders } from "./contenders.js";
import { dispatchers } from "./dispatchers.js";
import { fleetTable } from "./fleet.js";
import { measureOne } from "./measurement.js";
import { curve, engines, parallel, peers } from "./tables.js";

/**
 * `main.js [PART...]` measures, prints each table when it is done, and inserts it into bench/simulator.md;
 * `main.js CONTENDER SERVERS` makes one measurement, in its own process.
 */

const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
  engines,
  curve,
  dispatchers,
  fleet: fleetTable,
  parallel,
  peers,
};
const REPORT = fileURLToPath(new URL("../../../bench/simulator.md", import.meta.url));

function machine(): string {
  const now = new Date().toISOString().slice(0, 16);
  const load = loadavg()[0].toFixed(1);
  return `${cpus()[0].model}, ${cpus().length} cores, Node.js ${process.version}, ${now} UTC, load average before it ${load}`;
}

/** The report with a part's table replaced. */
function withTable(report: string, part: string, table: string): string {
  const [begin, end] = [`<!-- ${part} -->`, `<!-- end of ${part} -->`];
  const [from, to] = [report.indexOf(begin), report.indexOf(end)];
  if (from < 0 || to < from) throw new UserError(`bench/simulator.md has no place for ${part}: ${begin} ... ${end}`);
  return `${report.slice(0, from + begin.length)}\n${table}\n${report.slice(to)}`;
}

const words = process.argv.slice(2);
if (words.length === 2 && words[0] in contenders) {
  process.stdout.write(JSON.stringify(measureOne(words[0], Number(words[1]))));
} else {
  const unknown = words.find((word) => !(word in PARTS));
  if (unknown !== undefined) throw new UserError(`${unknown}: use ${Object.keys(PARTS).join(", ")}`);
  for (const part of words.length === 0 ? Object.keys(PARTS) : words) {
    const where = machine();
    const table = `${await PARTS[part]()}\n\n${where}.`;
    process.stdout.write(`## ${part}\n\n${table}\n\n`);
    writeFileSync(REPORT, withTable(readFileSync(REPORT, "utf8"), part, table));
  }
}
