import { expect, it } from "vitest";
import { replicate } from "../../compare/replication.js";

it.each([1, 3])(
  "with %i dispatchers counts each job once: those offered are served, time out, or are still there",
  (dispatchers) => {
    const sample = replicate({
      settings: { servers: "6", load: "1.1", policy: "jsq", timeout: "4:abandon=yes" },
      ...{ seed: "1", dispatchers, views: "told", replication: 1 },
      ...{ messageDelay: { law: "none" }, noticeDelay: { law: "none" } },
      ...{ warmUpTime: 50, measuringTime: 500 },
    });
    const served = sample.counts.reduce((sum, count) => sum + count, 0);
    const left = sample.offered - sample.gained;
    // Jobs that time out are abandoned, or served too late: then they are among both.
    expect(served).toBeLessThan(left);
    expect(served).toBeGreaterThanOrEqual(left - sample.timedOut);
    expect(sample.timedOut).toBeGreaterThan(0.05 * sample.offered);
    expect(sample.blocked).toBe(0);
  },
);
