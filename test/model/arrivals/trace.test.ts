import { describe, expect, it } from "vitest";
import { Generator } from "../../../load-generator/generator.js";
import { checkTrace, Trace, traceArrivals, traceWorks } from "../../../model/arrivals/trace.js";
import { UserError } from "../../../model/errors.js";

function trace(...lines: string[]): Trace {
  const left = lines.values();
  return new Trace("jobs.csv", { next: () => left.next().value });
}

describe("a trace", () => {
  it("gives each job its own time and size, after the start", () => {
    const jobs = trace("time,size,type", "0.5,2,0", "0.5,3,7", "4,0.25,1");
    const generator = new Generator(traceArrivals(jobs, 0.25), traceWorks(jobs), 100, 0, () => jobs.taskType);
    const seen: [number, number, number][] = [];
    while (generator.nextArrivalTime < Number.POSITIVE_INFINITY) {
      const time = generator.nextArrivalTime;
      seen.push([time, generator.take(), generator.taskType]);
    }
    expect(seen).toEqual([
      [100.25, 2, 0],
      [100.25, 3, 7],
      [103.75, 0.25, 1],
    ]);
  });

  it("says what it holds", () => {
    expect(checkTrace(trace("1", "2", "7.5"))).toEqual({ jobs: 3, first: 1, last: 7.5, hasSizes: false });
    expect(checkTrace(trace("time", "0"))).toEqual({ jobs: 1, first: 0, last: 0, hasSizes: false });
    expect(checkTrace(trace("0,1"))).toEqual({ jobs: 1, first: 0, last: 0, hasSizes: true });
    expect(checkTrace(trace("1", "2", "7.5"), 2)).toEqual({ jobs: 2, first: 1, last: 2, hasSizes: false });
  });

  it.each([
    [["1", "2", "1.5"], 'trace jobs.csv, line 3: "1.5" goes back in time, from 2'],
    [["time,size", "1,2", "3,-1"], 'trace jobs.csv, line 3: "3,-1" needs a size that is a number >= 0'],
    [["1,2", "3"], 'trace jobs.csv, line 2: "3" is not TIME,SIZE as the lines before are'],
    [["1", "3,2"], 'trace jobs.csv, line 2: "3,2" is not TIME as the lines before are'],
    [
      ["x"],
      'line 1: "x" needs a time that is a number >= 0; write a line TIME, TIME,SIZE or TIME,SIZE,TYPE for each job',
    ],
    [["1,2,0.5"], 'line 1: "1,2,0.5" needs a type that is a whole number'],
    [["1,2,3,4"], 'line 1: "1,2,3,4" has 4 fields'],
    [["1", "Infinity"], "line 2"],
    [["1", "NaN"], 'line 2: "NaN" needs a time'],
    [["-1"], 'line 1: "-1" needs a time'],
    [[], "trace jobs.csv: holds no jobs"],
    [["time"], "holds no jobs"],
  ])("of %j is refused with the line", (lines, message) => {
    expect(() => checkTrace(trace(...lines))).toThrow(UserError);
    expect(() => checkTrace(trace(...lines))).toThrow(message);
  });

  it("of more jobs than are allowed is refused, however long it goes on", () => {
    const endless = new Trace("long.csv", { next: () => "1" });
    expect(() => checkTrace(endless, Infinity, 1e5)).toThrow("trace long.csv: holds more than 100000 jobs; cut it");
  });
});
