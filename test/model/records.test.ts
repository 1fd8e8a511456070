import { describe, expect, it } from "vitest";
import { Trace } from "../../model/arrivals/trace.js";
import { UserError } from "../../model/errors.js";
import { readEdgeList } from "../../model/graphs/edge-list.js";
import { parseMessageDelay } from "../../model/message-delay.js";
import { notNegative } from "../../model/options.js";
import { linesOf, Records, readColumn } from "../../model/records.js";
import { parseServiceRates } from "../../model/service-rates.js";

const FORM = { header: /^size$/i, form: "one size a line" };

function columnOf(text: string): number[] {
  return readColumn(new Records("sizes.csv", linesOf(text), FORM), "size", notNegative);
}

function timesOf(text: string): number[] {
  const trace = new Trace("jobs.csv", linesOf(text));
  const times: number[] = [];
  while (trace.read()) times.push(trace.time);
  return times;
}

/** Everything that a program may put around the records that it writes. */
function dressed(header: string, records: readonly string[]): string {
  const [first, ...rest] = records;
  return `\uFEFF# written by a spreadsheet\r\n\r\n  ${header}  \r\n${first}\r\n   # indented\r\n\t\r\n${rest.join("\r\n")}\r\n\r\n`;
}

describe("every reader of records", () => {
  it("takes byte order marks, carriage returns, blank lines, comments and headers in any case for what they are", () => {
    expect(columnOf(dressed('"SIZE"', ["1", " 2.5", "0"]))).toEqual([1, 2.5, 0]);
    expect(timesOf(dressed("Time;Size;TYPE", ["1;2;0", "3; 4; 1"]))).toEqual([1, 3]);
    const edges = readEdgeList(dressed("Server,Task Types", ["0,0", "1 0", "1\t1"]), 2);
    expect([...edges.serversOf.degrees]).toEqual([2, 1]);
    expect(parseServiceRates(`file:r.csv\n${dressed("Rate", ["1,3", "2"])}`).ofServers(3, "1")).toEqual([0.5, 1.5, 1]);
    const delay = parseMessageDelay("empirical:d.csv", () => dressed("delay", ["1", "2"]));
    expect(delay).toEqual({ law: "empirical", file: "d.csv", times: [1, 2], mean: 1.5 });
  });

  it("takes a header as the first record only", () => {
    expect(() => columnOf("1\nsize\n")).toThrow("line 2");
  });

  it.each([
    ["1\n\n# x\nNaN", 'sizes.csv, line 4: "NaN" needs a size that is a number >= 0; write one size a line'],
    ["-1", 'line 1: "-1" needs a size that is a number >= 0'],
    ["1,5", 'line 1: "1,5" has 2 fields'],
    ["1e999", "line 1"],
    ["0x10 # hex", "line 1"],
    ["# nothing\n", "sizes.csv: holds no sizes"],
    [`${"9".repeat(400)}`, `"${"9".repeat(60)}..."`],
  ])("refuses %j, naming the line and what may be written", (text, message) => {
    expect(() => columnOf(text)).toThrow(UserError);
    expect(() => columnOf(text)).toThrow(message);
  });
});
