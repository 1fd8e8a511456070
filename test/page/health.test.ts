import { describe, expect, it } from "vitest";
import { History } from "../../live/history.js";
import type { RunDescription, Update } from "../../live/http/page-feed.js";
import { overallHealth, vitalsOf } from "../../page/health.js";
import type { View } from "../../page/view.js";

interface Made {
  readonly load?: number;
  readonly buffer?: number | null;
  readonly state?: Partial<Update["state"]>;
  readonly totals?: object;
}

/** What the page is sent of a run that does well, but for what is given. */
function viewOf({ load = 0.5, buffer = null, state = {}, totals = {} }: Made): View {
  const history = new History();
  history.add(1, { load });
  return {
    run: { system: { discipline: "fifo", buffer } } as RunDescription,
    history,
    events: [],
    update: {
      state: {
        phase: "measuring",
        servers: { expected: 4, connected: 4 },
        totals: { offered: 1000, blocked: 0, lost: 0, ...totals },
        scheduleLag: 0.001,
        messageDelay: 0.02,
        heldBackTime: 0,
        timeUnitSeconds: 0.05,
        ...state,
      },
    } as Update,
  };
}

const healthOf = (made: Made) => overallHealth(vitalsOf(viewOf(made)));

describe("the health of a live system", () => {
  it("is good where nothing speaks against it", () => {
    expect(healthOf({})).toEqual({ level: "healthy", why: "" });
    expect(vitalsOf(viewOf({}))[0]).toMatchObject({ title: "offered load", text: "0.50" });
  });

  it.each([
    ["a load close to 1", { load: 0.97 }, "strained", /close to 1/],
    ["an overload", { load: 1.2 }, "failing", /more work comes/],
    ["much blocking", { totals: { blocked: 200 } }, "strained", /20 % of all jobs/],
    ["a lost job", { totals: { lost: 1 } }, "failing", /1 jobs were lost/],
    ["a missing server", { state: { servers: { expected: 4, connected: 3 } } }, "strained", /a server is missing/],
    ["no server", { state: { servers: { expected: 4, connected: 0 } } }, "failing", /4 servers are missing/],
    ["a slow generator", { state: { scheduleLag: 0.06 } }, "strained", /hardly keeps up/],
    ["a slow machine", { state: { messageDelay: 0.11 } }, "failing", /does not keep up/],
    ["a node that does not read", { state: { heldBackTime: 1 } }, "failing", /do not read/],
  ] as const)("suffers from %s, and says so", (_what, made, level, why) => {
    expect(healthOf(made)).toEqual({ level, why: expect.stringMatching(why) });
  });

  it("takes the delay of the fleet, which is asked for, for none of the machine", () => {
    expect(healthOf({ state: { messageDelay: 0.5, askedDelay: 0.48 } }).level).toBe("healthy");
    expect(healthOf({ state: { messageDelay: 0.5, askedDelay: 0.38 } }).level).toBe("failing");
  });

  it("takes a full load for what finite buffers are made for, and missing servers for what waiting is about", () => {
    expect(healthOf({ load: 1.2, buffer: 1 }).level).toBe("healthy");
    expect(healthOf({ state: { phase: "waiting", servers: { expected: 4, connected: 0 } } }).level).toBe("healthy");
  });

  it("names the worst first and all of its reasons, and no others", () => {
    const { level, why } = healthOf({ load: 0.97, totals: { lost: 3 }, state: { messageDelay: 0.2 } });
    expect(level).toBe("failing");
    expect(why).toBe("3 jobs were lost; the machine does not keep up");
  });
});
