import { describe, expect, it } from "vitest";
import { checkTrace, Trace, traceArrivals, traceWorks } from "../../load-generator/arrivals/trace.js";
import { Generator } from "../../load-generator/generator.js";
import { UserError } from "../../model/errors.js";

function trace(...lines: string[]): Trace {
  const left = lines.values();
  return new Trace("jobs.csv", { next: () => left.next().value });
}

describe("a trace", () => {
  it("gives each job its own time and size, after the start", () => {
    const jobs = trace("time,size,type", "0.5,2,0", "0.5,3,7", "4,0.25,1");
    const generator = new Generator(traceArrivals(jobs), traceWorks(jobs), 100, 0, () => jobs.taskType);
    const seen: [number, number, number][] = [];
    while (generator.nextArrivalTime < Number.POSITIVE_INFINITY) {
      const time = generator.nextArrivalTime;
      seen.push([time, generator.take(), generator.taskType]);
    }
    expect(seen).toEqual([
      [100.5, 2, 0],
      [100.5, 3, 7],
      [104, 0.25, 1],
    ]);
  });

  it("says what it holds", () => {
    expect(checkTrace(trace("1", "2", "7.5"))).toEqual({ jobs: 3, duration: 7.5, hasSizes: false });
    expect(checkTrace(trace("time", "0"))).toEqual({ jobs: 1, duration: 0, hasSizes: false });
    expect(checkTrace(trace("0,1"))).toEqual({ jobs: 1, duration: 0, hasSizes: true });
  });

  it.each([
    [["1", "2", "1.5"], 'trace jobs.csv, line 3: "1.5" goes back in time, from 2'],
    [["time,size", "1,2", "3,-1"], 'trace jobs.csv, line 3: "3,-1" needs a size that is a number >= 0'],
    [["1,2", "3"], 'trace jobs.csv, line 2: "3" needs 2 fields (time,size), as in the lines before'],
    [["1", "3,2"], 'trace jobs.csv, line 2: "3,2" needs 1 fields (time), as in the lines before'],
    [["1", "", "2"], 'trace jobs.csv, line 2: "" needs a time'],
    [["x"], 'line 1: "x" needs a time'],
    [["1,2,0.5"], 'line 1: "1,2,0.5" needs a type that is a whole number'],
    [["1,2,3,4"], 'line 1: "1,2,3,4" needs 3 fields (time,size,type)'],
    [["1", "Infinity"], "line 2"],
    [[], "trace jobs.csv: there is no job in it"],
    [["time"], "there is no job in it"],
  ])("of %j is refused with the line", (lines, message) => {
    expect(() => checkTrace(trace(...lines))).toThrow(UserError);
    expect(() => checkTrace(trace(...lines))).toThrow(message);
  });
});
