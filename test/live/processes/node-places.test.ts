import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divided } from "../../../experiments/division.js";
import { delaysOfServer, nodePlaces } from "../../../live/processes/node-places.js";
import { nodeFlags } from "../../../live/processes/process-flags.js";
import { fleet } from "../../../scenarios/fleet/index.js";

const ZONES = ["east", "west", "north"] as const;
const zoned = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom(...ZONES)), {
  minLength: 1,
  maxLength: 5,
});

/** Servers of these zones, and a dispatcher in each. */
function systemOf(classes: readonly (readonly [count: number, zone: string])[], delay: string) {
  const experiment = fleet.configure(
    {
      classes: classes.map(([count, zone]) => `${count}x1:zone=${zone}`).join(","),
      ...{ policy: "random", load: "0.5", delay, dispatcherZones: ZONES.join(",") },
    },
    "1",
  );
  return divided(experiment, { dispatchers: ZONES.length, views: "told" }).system;
}

const ZONE_DELAY = "constant:0.1;east-west=constant:1;west-north=constant:2;west-west=none";

describe("the places of server nodes", () => {
  it("hold every server once, in order, as many nodes as may be, and no servers at different distances in one", () => {
    fc.assert(
      fc.property(zoned, fc.integer({ min: 1, max: 30 }), (classes, processes) => {
        const system = systemOf(classes, ZONE_DELAY);
        const distances = Array.from({ length: system.servers }, (_, server) => delaysOfServer(system, server).join());
        const groups = 1 + distances.slice(1).filter((distance, i) => distance !== distances[i]).length;
        if (Math.min(processes, system.servers) < groups) {
          expect(() => nodePlaces(system, processes)).toThrow(`--processes ${processes}: servers are at ${groups}`);
          return;
        }
        const places = nodePlaces(system, processes);
        expect(places).toHaveLength(Math.min(processes, system.servers));
        expect(places.flatMap(({ first, count }) => distances.slice(first, first + count))).toEqual(distances);
        for (const { first, count } of places) {
          expect(count).toBeGreaterThan(0);
          expect(new Set(distances.slice(first, first + count)).size).toBe(1);
        }
      }),
    );
  });

  it("are of one size, or of two that differ by a server, where all servers are equally far away", () => {
    const counts = nodePlaces(
      systemOf(
        [
          [5, "east"],
          [5, "west"],
        ],
        "constant:0.1",
      ),
      4,
    ).map(({ count }) => count);
    expect(counts.sort()).toEqual([2, 2, 3, 3]);
  });
});

describe("the flags of a node", () => {
  const delayIn = (flags: readonly string[]): string | undefined => flags[flags.indexOf("--message-delay") + 1];

  it("say the delay to each dispatcher, once where it is the same for all", () => {
    const system = systemOf(
      [
        [1, "east"],
        [1, "west"],
        [1, "north"],
      ],
      ZONE_DELAY,
    );
    expect(delayIn(nodeFlags(system, 0, 1))).toBe("constant:0.1;constant:1;constant:0.1");
    expect(delayIn(nodeFlags(system, 1, 1))).toBe("constant:1;none;constant:2");
    expect(delayIn(nodeFlags(systemOf([[2, "east"]], "exponential:0.3"), 0, 2))).toBe("exponential:0.3");
    expect(nodeFlags(systemOf([[2, "east"]], "none"), 0, 2)).not.toContain("--message-delay");
  });
});
