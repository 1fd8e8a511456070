import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JobObservations } from "../../experiments/job-observations.js";
import { ServerObservations } from "../../experiments/server-observations.js";
import { type DispatcherTotals, noDispatcherTotals, noServerTotals, type ServerTotals } from "../../model/totals.js";

/** What happens between two observations: whole numbers, so that sums of differences are exact. */
const gains = <Totals extends object>(none: Totals) =>
  fc.record(Object.fromEntries(Object.keys(none).map((name) => [name, fc.nat(1000)]))) as fc.Arbitrary<Totals>;

function sum<Totals extends object>(none: Totals, all: readonly Totals[]): Totals {
  const names = Object.keys(none) as (keyof Totals)[];
  return Object.fromEntries(
    names.map((name) => [name, all.reduce((total, each) => total + Number(each[name]), 0)]),
  ) as Totals;
}

/** A server's totals rise, it is forgotten and starts anew, or an epoch closes. */
const events = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ server: fc.nat(3), gain: gains(noServerTotals()) }) },
    { weight: 1, arbitrary: fc.record({ forgotten: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.constant({ epoch: true }) },
  ),
);

describe("observations of servers", () => {
  it("give each epoch what servers did between two observations of each, and nothing from before the first", () => {
    fc.assert(
      fc.property(events, (story) => {
        const observations = new ServerObservations();
        const totals = new Map<number, ServerTotals>();
        let epoch: ServerTotals[] = [];
        for (const event of story) {
          if ("epoch" in event) {
            expect(observations.closeEpoch()).toEqual(sum(noServerTotals(), epoch));
            epoch = [];
          } else if ("forgotten" in event) {
            observations.forget(event.forgotten);
            totals.delete(event.forgotten);
          } else {
            const before = totals.get(event.server);
            const after = sum(noServerTotals(), [before ?? noServerTotals(), event.gain]);
            totals.set(event.server, after);
            expect(observations.observe(event.server, after)).toEqual(before === undefined ? undefined : event.gain);
            if (before !== undefined) epoch.push(event.gain);
          }
        }
      }),
    );
  });
});

describe("observations of jobs", () => {
  it("give what happened from epoch to epoch, and the delay per job of all of them", () => {
    fc.assert(
      fc.property(fc.array(gains<DispatcherTotals>(noDispatcherTotals()), { minLength: 1 }), ([first, ...later]) => {
        const observations = new JobObservations();
        let totals = { ...first };
        expect(observations.closeEpoch(totals)).toBeUndefined();
        for (const gain of later) {
          // The dispatcher counts on in the same object.
          totals = Object.assign(totals, sum(noDispatcherTotals(), [totals, gain]));
          expect(observations.closeEpoch(totals)).toEqual(gain);
        }
        const all = sum(noDispatcherTotals(), later);
        expect(observations.epochs).toBe(later.length);
        const ended = all.completed + all.timedOut;
        expect(observations.lost).toBe(all.lost);
        expect(observations.conditions()).toEqual({
          messageDelay: ended === 0 ? 0 : all.messageDelay / ended,
          askedDelay: ended === 0 ? 0 : all.askedDelay / ended,
          heldUpFraction: ended === 0 ? 0 : all.heldUp / ended,
        });
      }),
    );
  });
});
