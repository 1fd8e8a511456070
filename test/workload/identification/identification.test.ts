import { describe, expect, it } from "vitest";
import { processNamed } from "../../../model/arrivals/index.js";
import { exponential, randomStream } from "../../../model/random.js";
import { FifoServers } from "../../../workload/identification/fifo-servers.js";
import { classesOf } from "../../../workload/identification/server-classes.js";
import { stationarityOf } from "../../../workload/identification/stationarity.js";
import { identify } from "../../../workload/identification/verdict.js";
import { loggedJobs } from "../../support/logged-fleet.js";

const CONTENTS = { hasSizes: false, hasServers: true, hasServerTimes: true, tickSeconds: 0.001 };
const JOBS = 20_000;

/** Jobs of one server with k workers, first in first out, or of one that shares itself (k = 0). */
function serverJobs(workers: number, load: number, deterministic = false): { received: number; returned: number }[] {
  const random = randomStream("server", "jobs");
  const rate = load * Math.max(1, workers);
  let now = 0;
  const jobs = Array.from({ length: JOBS }, () => {
    now += exponential(random, 1 / rate);
    return { received: now, size: deterministic ? 1 : exponential(random, 1), returned: 0 };
  });
  if (workers > 0) {
    const free = new Array<number>(workers).fill(0);
    for (const job of jobs) {
      const first = free.indexOf(Math.min(...free));
      free[first] = Math.max(free[first], job.received) + job.size;
      job.returned = free[first];
    }
    return jobs;
  }
  // Processor sharing, step by step.
  const present: { left: number; job: (typeof jobs)[number] }[] = [];
  let time = 0;
  for (const job of [...jobs, undefined]) {
    const until = job?.received ?? Number.POSITIVE_INFINITY;
    while (present.length > 0) {
      const least = present.reduce((a, b) => (b.left < a.left ? b : a));
      const end = time + least.left * present.length;
      if (end > until) break;
      for (const one of present) one.left -= least.left;
      present.splice(present.indexOf(least), 1);
      least.job.returned = end;
      time = end;
    }
    if (job === undefined) break;
    for (const one of present) one.left -= (until - time) / present.length;
    time = until;
    present.push({ left: job.size, job });
  }
  return jobs;
}

function verdictOn(jobs: readonly { received: number; returned: number }[]) {
  const fifo = new FifoServers(0, 0.002);
  fifo.join("a");
  for (const { received, returned } of jobs) fifo.take(0, received, returned);
  return identify(fifo.servers, CONTENTS);
}

describe("the service times of a server", () => {
  it("are identified where it serves one at a time, exactly", () => {
    const jobs = loggedJobs({
      speeds: [1, 2],
      load: 0.8,
      sizes: "lognormal:4",
      policy: "random",
      meanSeconds: 0.05,
      jobs: JOBS,
      seed: "1",
    });
    const fifo = new FifoServers(0, 0.002);
    for (const name of ["a", "b"]) fifo.join(name);
    for (const { server, arrival, returned, size } of jobs)
      expect(fifo.take(server, arrival, returned)).toBeCloseTo(size, 9);
    expect(identify(fifo.servers, CONTENTS)).toMatchObject({ kind: "identified", note: "" });
    const { classes, meanSizeSeconds, speeds } = classesOf(fifo.servers, 0);
    expect(classes.map(({ servers }) => servers)).toEqual([[1], [0]]);
    // The one of more jobs, at random routing either, is of speed 1.
    expect(speeds[1] / speeds[0]).toBeCloseTo(2, 0);
    expect(meanSizeSeconds).toBeGreaterThan(0.02);
  });

  it.each([
    [2, 0.7, false, "left it before one that had come earlier"],
    [0, 0.7, false, "left it before one that had come earlier"],
    [2, 0.7, true, "than those that find it busy"],
    [0, 0.5, true, "than those that find it busy"],
  ])("of %s workers at load %s (constant sizes: %s) are not identified", (workers, load, deterministic, why) => {
    const verdict = verdictOn(serverJobs(workers, load, deterministic));
    expect(verdict).toMatchObject({ kind: "not identified" });
    expect("why" in verdict && verdict.why).toContain(why);
  });

  it("are identified in a short log although a pause has let some overtake, but not where servers serve two at once", () => {
    const jobs = serverJobs(1, 0.7).slice(0, 500);
    // Messages were held up.
    for (const at of [100, 200, 300]) jobs[at].returned += 3;
    expect(verdictOn(jobs)).toMatchObject({ kind: "identified" });
    const ofTwo = serverJobs(2, 0.7).slice(0, 500);
    expect(verdictOn(ofTwo)).toMatchObject({ kind: "not identified" });
  });

  it("lose what the network adds to those that find it idle", () => {
    const delay = 0.05;
    const verdict = verdictOn(
      serverJobs(1, 0.7).map(({ received, returned }) => ({ received, returned: returned + delay })),
    );
    expect(verdict.kind).toBe("identified");
    expect("overheadSeconds" in verdict && verdict.overheadSeconds).toBeCloseTo(delay, 1);
  });

  it("are not identified without servers, or times at them, or stamps that are fine enough", () => {
    const { servers } = new FifoServers(0, 0.002);
    expect(identify(servers, { ...CONTENTS, hasServers: false })).toMatchObject({
      why: "the log does not name the server of a job",
    });
    expect(identify(servers, { ...CONTENTS, hasServerTimes: false })).toMatchObject({ kind: "not identified" });
    expect(identify(servers, CONTENTS)).toMatchObject({ kind: "not identified" });
    expect(identify(servers, { ...CONTENTS, hasSizes: true })).toEqual({ kind: "given" });
  });

  it("are unknown of a job that may have waited for others that are not in the log", () => {
    const fifo = new FifoServers(10, 0.002);
    fifo.join("a");
    expect(fifo.take(0, 9, 11)).toBeNaN();
    expect(fifo.take(0, 10, 12)).toBe(1);
  });
});

describe("the arrival rate", () => {
  const counts = (name: string, seed: string, rate: (window: number) => number = () => 1): Float64Array => {
    const arrivals = processNamed(name).at(1, randomStream(seed, "arrivals"));
    let next = arrivals.next(0);
    return Float64Array.from({ length: 240 }, (_, window) => {
      let count = 0;
      for (; next < 100 * (window + 1); next = arrivals.next(next)) count++;
      return Math.round(count * rate(window));
    });
  };

  it.each(["poisson", "gamma:4", "markov-modulated:5,0.2,50"])("of %s is the same all along", (name) => {
    const rejected = Array.from({ length: 200 }, (_, i) => stationarityOf(counts(name, `s${i}`)).isStationary).filter(
      (is) => !is,
    );
    // At one in a thousand: more than 4 of 200 by chance once in 4000 times.
    expect(rejected.length).toBeLessThanOrEqual(4);
  });

  it("that follows the hours of a day, or rises, is not", () => {
    const day = (window: number): number => 1 + 0.3 * Math.sin((2 * Math.PI * window) / 240);
    expect(stationarityOf(counts("poisson", "day", day))).toMatchObject({ isStationary: false });
    expect(stationarityOf(counts("poisson", "trend", (window) => 0.8 + (0.4 * window) / 240)).isStationary).toBe(false);
  });
});
