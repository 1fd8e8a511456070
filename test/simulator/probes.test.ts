import { describe, expect, it } from "vitest";
import { divided } from "../../experiments/division.js";
import { WITHIN_LIVE } from "../../experiments/evidence.js";
import { Run } from "../../experiments/run.js";
import { type MessageDelay, NO_DELAY } from "../../model/message-delay.js";
import { policyNamed } from "../../policies/index.js";
import { NO_INFORMATION, type Policy, type PolicyFactory } from "../../policies/policy.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { Twin } from "../../simulator/twin.js";

const SERVERS = 5;

interface Heard {
  readonly dispatcher: number;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly server: number;
  readonly jobs: number;
  readonly latency: number;
}

/** Sends jobs and probes round robin, and notes what is answered. */
function prober(heard: Heard[]): PolicyFactory {
  let dispatchers = 0;
  return (fleet) => {
    const dispatcher = dispatchers++;
    const asked: number[][] = Array.from({ length: SERVERS }, () => []);
    const probes = { servers: new Int32Array(1), count: 1 };
    let next = dispatcher;
    return {
      ...{ name: "prober", knows: ["probes", "time"], information: NO_INFORMATION, probes },
      choose(_job, now) {
        if (fleet.members.size === 0) return -1;
        probes.servers[0] = (next + 2) % SERVERS;
        asked[probes.servers[0]].push(now);
        return next++ % SERVERS;
      },
      answered(server, jobs, latency, answeredAt) {
        const askedAt = asked[server].shift() ?? Number.NaN;
        heard.push({ dispatcher, askedAt, answeredAt, server, jobs, latency });
      },
    } satisfies Policy;
  };
}

function twinOf(policy: PolicyFactory, dispatchers: number, messageDelay: MessageDelay): Twin {
  const settings = { servers: String(SERVERS), arrivalRate: "0.7" };
  const experiment = divided(scenarioNamed("fleet").configure(settings, "1"), { dispatchers, views: "told" });
  const run = new Run(experiment, { warmUpTime: 10, measuringTime: 200, familyConfidence: 0.999, within: WITHIN_LIVE });
  return new Twin({ system: { ...experiment.system, policy }, run, seed: "1", messageDelay });
}

describe("probes in virtual time", () => {
  it.each([1, 3])("are answered at once where messages take no time, with the jobs of all %d dispatchers", (count) => {
    const heard: Heard[] = [];
    const twin = twinOf(prober(heard), count, NO_DELAY);
    let checked = 0;
    while (heard.length < 600) {
      twin.next();
      for (; checked < heard.length; checked++) {
        const { server, jobs, askedAt, answeredAt } = heard[checked];
        expect([jobs, answeredAt]).toEqual([twin.servers[server].queueLength, askedAt]);
      }
    }
    expect(new Set(heard.map(({ dispatcher }) => dispatcher)).size).toBe(count);
    expect(heard.filter(({ jobs }) => jobs > 1).length).toBeGreaterThan(50);
  });

  it.each([1, 3])("take their time both ways, with %d dispatchers: what is answered was so in between", (count) => {
    const [heard, delay] = [[] as Heard[], 0.3];
    const twin = twinOf(prober(heard), count, { law: "constant", time: delay });
    /** Of each server: when its queue changed, to what. */
    const changes = twin.servers.map(() => [{ since: 0, jobs: 0 }]);
    for (const [server, emulated] of twin.servers.entries()) {
      const accept = emulated.accept.bind(emulated);
      emulated.accept = (now, work) => {
        const isAccepted = accept(now, work);
        changes[server].push({ since: now, jobs: emulated.queueLength });
        return isAccepted;
      };
      const complete = emulated.completeNext.bind(emulated);
      emulated.completeNext = () => {
        const since = emulated.dueTime;
        const time = complete();
        changes[server].push({ since, jobs: emulated.queueLength });
        return time;
      };
    }
    while (heard.length < 600) twin.next();
    for (const { server, jobs, askedAt, answeredAt } of heard) {
      expect(answeredAt).toBeCloseTo(askedAt + 2 * delay, 9);
      expect(jobs).toBe(changes[server].findLast(({ since }) => since < askedAt + delay + 1e-12)?.jobs);
    }
  });

  it("tell how long jobs take: those that find more take longer", () => {
    const heard: Heard[] = [];
    const twin = twinOf(prober(heard), 1, NO_DELAY);
    while (heard.length < 3000) twin.next();
    const late = heard.slice(500);
    const meanOf = (jobs: number): number => {
      const found = late.filter((one) => one.jobs === jobs);
      return found.reduce((sum, { latency }) => sum + latency, 0) / found.length;
    };
    // Medians of a sum of one and of three unit exponential times are 0.69 and 2.67.
    expect(meanOf(0)).toBeGreaterThan(0.5);
    expect(meanOf(0)).toBeLessThan(0.9);
    expect(meanOf(2)).toBeGreaterThan(2);
    expect(meanOf(2)).toBeLessThan(3.3);
  });

  it("are counted under prequal, each and its answer, with one dispatcher and with several, and cost no told news", () => {
    for (const count of [1, 3]) {
      const twin = twinOf(policyNamed("prequal"), count, { law: "exponential", mean: 0.1 });
      twin.finish();
      const { messages } = twin.view.information;
      const { offered } = twin.view.totals;
      // Three probes a job, of which the last ones are yet to be answered.
      expect(messages).toBeGreaterThan(6 * offered - 60);
      expect(messages).toBeLessThanOrEqual(6 * offered);
      expect(twin.viewTotals).toBeUndefined();
    }
  });
});
