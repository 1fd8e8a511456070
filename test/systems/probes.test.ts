import { describe, expect, it } from "vitest";
import { resultSchema } from "../../cli/result.js";
import { FAMILY_CONFIDENCE } from "../../experiments/evidence.js";
import { simulate } from "../../simulator/simulation.js";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { equipoise } from "../support/equipoise.js";
import { expectOneMore } from "../support/one-more-draw.js";

const [WARM_UP, MEASURING, TWINS] = [15, 60, 24];
const SETTINGS = {
  servers: "8",
  policy: "prequal",
  arrivalRate: "0.6",
  initialRates: "list:1.4,1.4,1.4,1.4,0.6,0.6,0.6,0.6",
};

describe("equipoise verify --live under prequal", () => {
  it.for([1, 2])(
    "probes over the wire as the simulated twin does, with %d dispatchers",
    { timeout: 120_000 },
    async (dispatchers, context) => {
      const set = Object.entries(SETTINGS).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
      const times = ["--time-unit", "100ms", "--warmup", `${WARM_UP}u`, "--duration", `${MEASURING}u`];
      const flags = [...set, ...times, "--processes", "2", "--dispatchers", String(dispatchers), "--json", "-"];
      const { stdout, stderr } = await equipoise(["verify", "fleet", "--live", ...flags]);
      const result = resultSchema.parse(JSON.parse(stdout));
      const { offered = 0, blocked = 0, completed = 0, lost = 0, inFlight = 0 } = result.jobs ?? {};
      expect([blocked, lost, completed + inFlight], stderr).toEqual([0, 0, offered]);
      // Three probes a job and their answers, of which a few may be under way.
      expect(result.policy?.messagesPerJob).toBeGreaterThan(5);
      expect(result.policy?.messagesPerJob).toBeLessThanOrEqual(6);

      skipIfTooBusy(context, result);
      const twins = Array.from({ length: TWINS }, (_, twin) =>
        simulate({
          ...{ scenario: "fleet", settings: SETTINGS, seed: "1", replication: 2 + twin, dispatchers },
          ...{ warmUpTime: WARM_UP, measuringTime: MEASURING, familyConfidence: FAMILY_CONFIDENCE },
          messageDelay: { law: "exponential", mean: (result.conditions?.messageDelay ?? 0) / 2 },
        }),
      );
      for (const name of ["mean_queue_length", "mean_waiting_time", "busy_fraction", "mean_sojourn_time"]) {
        const seen = result.quantities.find((quantity) => quantity.name === name)?.measured ?? Number.NaN;
        expectOneMore(
          name,
          seen,
          twins.map(({ estimates }) => estimates[name].value),
        );
      }
    },
  );
});
