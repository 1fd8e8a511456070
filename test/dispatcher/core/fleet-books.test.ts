import fc from "fast-check";
import { expect, it } from "vitest";
import { FleetObserver } from "../../../dispatcher/core/fleet-observer.js";
import { Fleet } from "../../../policies/indexes/fleet.js";

// What is worked out from the rises and falls of queue lengths, against counting it one by one.
it("a fleet and its observer say what a naive count says, whatever comes, ends and is forgotten", () => {
  const step = fc.record({
    server: fc.nat(3),
    kind: fc.constantFrom("come", "come", "come", "end", "refuse", "restart"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const [fleet, observer] = [new Fleet(), new FleetObserver()];
      const jobs = [0, 1, 2, 3].map((server) => fleet.join({ buffer: Number.POSITIVE_INFINITY }) - server);
      const naive = { departures: 0, idlings: 0, longestQueue: 0, offered: 0, blocked: 0, waited: 0 };
      const areas = new Array<number>(500).fill(0);
      for (const [now, { server, kind }] of steps.entries()) {
        for (const length of jobs) for (let level = 1; level <= length; level++) areas[level]++;
        if (kind === "come") {
          naive.offered++;
          if (jobs[server] > 0) naive.waited++;
          expect(fleet.assigned(server)).toBe(jobs[server]);
          observer.accepted(jobs[server]++, now + 1);
          naive.longestQueue = Math.max(naive.longestQueue, jobs[server]);
        } else if (kind === "end" && jobs[server] > 0) {
          naive.departures++;
          if (jobs[server] === 1) naive.idlings++;
          expect(fleet.ended(server)).toBe(jobs[server]);
          observer.ended(jobs[server]--, now + 1);
        } else if (kind === "refuse") {
          naive.offered++;
          naive.blocked++;
          observer.refused();
        } else if (kind === "restart") {
          observer.restart(now + 1);
          areas.fill(0);
          Object.assign(naive, { offered: 0, blocked: 0, waited: 0 });
        }
        const { departures, idlings, longestQueue } = fleet;
        const { offered, blocked, waited } = observer;
        expect({ departures, idlings, longestQueue, offered, blocked, waited }).toEqual(naive);
        expect(observer.jobs).toBe(jobs.reduce((sum, length) => sum + length));
        expect(observer.count(2)).toBe(jobs.filter((length) => length >= 2).length);
        expect([1, 2, 80].map((level) => observer.integral(level, now + 1))).toEqual([areas[1], areas[2], areas[80]]);
      }
    }),
  );
});
