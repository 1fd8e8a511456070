import fc from "fast-check";
import { expect, it } from "vitest";
import { PeerError } from "../../../model/errors.js";
import { jobLabel } from "../../../model/job-label.js";
import { FleetTimes, JobTimes, type TimesInBins } from "../../../model/statistics/job-times.js";

const KINDS = { classes: 2, types: 3, dispatchers: 2 };
const jobs = fc.array(
  fc.record({
    serverClass: fc.integer({ min: 0, max: 2 }),
    key: fc.nat(1000),
    type: fc.integer({ min: 0, max: 2 }),
    dispatcher: fc.integer({ min: 0, max: 1 }),
    time: fc.double({ min: 0, max: 1e3, noNaN: true }),
    service: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);
type Job = typeof jobs extends fc.Arbitrary<(infer J)[]> ? J : never;

function count(into: FleetTimes, these: readonly Job[]): void {
  for (const { key, type, time, service, ...whose } of these) {
    into.all.add(time, time * service);
    into.addToGroups({ ...whose, label: jobLabel(key, type) }, time, time * service);
  }
}

it("counts of each group what a naive count of its jobs does; servers of no known class are in none", () => {
  fc.assert(
    fc.property(jobs, (all) => {
      const times = new FleetTimes(KINDS);
      count(times, all);
      const those = (of: (job: Job) => boolean): TimesInBins => {
        const naive = new JobTimes();
        for (const { time, service } of all.filter(of)) naive.add(time, time * service);
        return naive.bins();
      };
      expect(times.bins().groups).toEqual([
        ...[0, 1].map((number) => those(({ serverClass }) => serverClass === number)),
        ...[0, 1, 2].map((number) => those(({ type }) => type === number)),
        ...[0, 1].map((number) => those(({ dispatcher }) => dispatcher === number)),
      ]);
    }),
    { numRuns: 20 },
  );
});

it("tells another process its news, once", () => {
  fc.assert(
    fc.property(jobs, jobs, (first, second) => {
      const [own, other] = [new FleetTimes(KINDS), new FleetTimes(KINDS)];
      for (const these of [first, [], second]) {
        count(own, these);
        other.addBins(own.news());
      }
      expect(other.bins()).toEqual(own.bins());
      expect(own.news().all).toEqual({ sojourn: [], waiting: [] });
    }),
    { numRuns: 20 },
  );
  expect(() => new FleetTimes().addBins(new FleetTimes(KINDS).news())).toThrow(PeerError);
});
