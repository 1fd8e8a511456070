import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProbedServers } from "../../server-node/probed-servers.js";
import { RecentLatencies } from "../../server-node/recent-latencies.js";

interface Completed {
  readonly found: number;
  readonly latency: number;
}

/** The median of the last 16 latencies of jobs that found the nearest number of jobs, by sorting all that there ever were. */
function naive(completed: readonly Completed[], jobs: number): number {
  const wanted = Math.min(jobs, 63);
  const levels = [...new Set(completed.map(({ found }) => Math.min(found, 63)))];
  const [nearest] = levels.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted) || a - b);
  const latest = completed.filter(({ found }) => Math.min(found, 63) === nearest).slice(-16);
  const sorted = latest.map(({ latency }) => latency).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
}

describe("latencies of recent jobs", () => {
  it("are the median of those that found as many jobs, or nearly, in whatever order jobs end, come and are dropped", () => {
    const step = fc.record({
      what: fc.constantFrom("accept", "accept", "accept", "complete", "complete", "complete", "drop"),
      number: fc.nat(90),
      latency: fc.double({ min: 0, max: 9, noNaN: true }),
    });
    // Few numbers of jobs, so that there are many samples of each; or many.
    const most = fc.constantFrom(2, 90);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), most, fc.nat(90), (steps, range, jobs) => {
        const latencies = new RecentLatencies();
        let held: { job: number; found: number }[] = [];
        const completed: Completed[] = [];
        for (const [job, { what, number, latency }] of steps.entries()) {
          if (what === "accept") {
            latencies.accepted(job, number % range);
            held.push({ job, found: number % range });
          } else if (what === "complete" && held.length > 0) {
            const [done] = held.splice(number % held.length, 1);
            latencies.completed(done.job, latency);
            completed.push({ found: done.found, latency });
          } else if (what === "drop" && number < 5) {
            latencies.dropped();
            held = [];
          }
          expect(latencies.at(jobs)).toBe(naive(completed, jobs));
        }
      }),
    );
  });

  it("leave out jobs that came before they were asked for, and are kept for servers that are probed alone", () => {
    const servers = new ProbedServers();
    servers.accepted(3, 1, 0);
    expect(servers.probed(3, 1)).toBe(0);
    servers.accepted(3, 2, 1);
    servers.completed(3, 1, 10);
    expect(servers.probed(3, 1)).toBe(0);
    servers.completed(3, 2, 4);
    servers.completed(2, 1, 7);
    expect([servers.probed(3, 0), servers.probed(2, 0)]).toEqual([4, 0]);
  });
});
