import { describe, expect, it } from "vitest";
import { jsqHeavyTraffic } from "../../scenarios/jsq-heavy-traffic/index.js";
import { idleMomentsOf } from "../../simulator/idle-moments.js";

describe("what idle servers see of the queues", () => {
  it.each([
    ["jsq", 2, 1.5],
    ["jsq", 3, 1.5],
    ["jsq", 3, 2],
    ["jsq-d", 3, 1.5],
  ])(
    "determines the mean total queue, as the balance equations have it: %s, %d servers, alpha = %d",
    (policy, servers, alpha) => {
      const settings = { policy, servers: String(servers), alpha: String(alpha) };
      const claims = jsqHeavyTraffic.configure(settings, "1").predict({ messageDelay: 0, heldUpFraction: 0 });
      const exact = claims.get("scaled_total_queue")?.find(({ kind }) => kind === "exact");
      if (exact === undefined || !("value" in exact)) throw new Error("a small system is solved exactly");
      const times = { warmUpTime: 1000, measuringTime: 100_000 };
      const { jobsSeenByIdle, waitingJobs, waitingProbability } = idleMomentsOf({
        servers,
        alpha,
        policy,
        seed: "1",
        ...times,
      });
      // The error of the ratio is below 1 % of it, which is between n and 2 n.
      const found = 1 + servers ** -alpha * (jobsSeenByIdle - 1);
      expect(Math.abs(found - exact.value)).toBeLessThan(0.05 * servers ** (1 - alpha) + exact.modelError);
      const [waits] = (claims.get("waiting_probability") ?? []).filter(({ kind }) => kind === "exact");
      const [queue] = (claims.get("mean_queue_length") ?? []).filter(({ kind }) => kind === "exact");
      if (!("value" in waits) || !("value" in queue)) throw new Error("a small system is solved exactly");
      // Many relaxation times, of at most 4 n^3 = 108 time units.
      expect(Math.abs(waitingProbability - waits.value)).toBeLessThan(0.03);
      expect(Math.abs(waitingJobs / (queue.value - 1 + servers ** -alpha) - 1)).toBeLessThan(0.15);
    },
  );
});
