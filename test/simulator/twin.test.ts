import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Dispatcher } from "../../dispatcher/core/dispatcher.js";
import { FAMILY_CONFIDENCE, type QuantityEvidence, WITHIN_LIVE } from "../../experiments/evidence.js";
import { Run } from "../../experiments/run.js";
import type { Experiment } from "../../experiments/scenario.js";
import type { MessageDelay } from "../../model/message-delay.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { rateControlFor } from "../../server-node/rate-control/index.js";
import type { RateControl } from "../../server-node/rate-control/rate-control.js";
import { Twin } from "../../simulator/twin.js";
import type { Prediction } from "../../theory/prediction.js";
import { isShownOnly } from "../support/shown-only.js";

interface Variation {
  readonly settings?: Readonly<Record<string, string>>;
  readonly seed?: string;
  readonly messageDelay?: MessageDelay;
  readonly rateControl?: RateControl;
  readonly change?: (experiment: Experiment) => Experiment;
}

function simulate({ settings = {}, seed = "1", change = (e) => e, ...rest }: Variation): QuantityEvidence[] {
  const experiment = change(scenarioNamed("rate-scaling").configure(settings, seed));
  const { warmUpTime, measuringTime } = experiment;
  const run = new Run(experiment, {
    ...{ warmUpTime, measuringTime, familyConfidence: FAMILY_CONFIDENCE, within: WITHIN_LIVE },
  });
  new Twin({ system: experiment.system, run, seed, ...rest }).finish();
  return run.evidence();
}

const verdicts = (evidence: readonly QuantityEvidence[]): Record<string, string> =>
  Object.fromEntries(evidence.map(({ name, verdict }) => [name, verdict]));
const differing = (evidence: readonly QuantityEvidence[]): string[] =>
  evidence.filter(({ verdict }) => verdict === "differs").map(({ name }) => name);

describe("rate scaling in virtual time", () => {
  // A family-wise error of 1 % per run, so a seed could be unlucky: these are fixed, and were not chosen.
  it.each<[string, Variation]>([
    ["at its defaults", {}],
    ["at half the arrival rate", { settings: { arrivalRate: "0.4" } }],
    ["with larger steps", { settings: { inverseStep: "20" } }],
    ["with 10 servers", { settings: { servers: "10" }, change: (e) => ({ ...e, measuringTime: 3 * e.measuringTime }) }],
    ["with 100 servers and smaller steps", { settings: { servers: "100", inverseStep: "100" } }],
    ["with other costs", { settings: { costG: "shifted-reciprocal", costH: "power:0.05,3" } }],
    ["with messages that take time", { messageDelay: { law: "exponential", mean: 0.02 } }],
    ["with messages that always take as long", { messageDelay: { law: "constant", time: 0.03 } }],
    ["with rates that stay as they are", { settings: { rateControl: "fixed", initialRates: "constant:1.2" } }],
  ])("agrees with theory %s", (_what, variation) => {
    const evidence = simulate(variation).filter((quantity) => !isShownOnly(quantity));
    expect(verdicts(evidence)).toEqual(Object.fromEntries(evidence.map(({ name }) => [name, "agrees"])));
  });

  it("agrees with theory with 2 servers, far from the limit; but 2 are too few to say how far apart servers are", () => {
    const settings = { servers: "2", inverseStep: "100" };
    const evidence = simulate({ settings, change: (experiment) => ({ ...experiment, measuringTime: 50_000 }) });
    for (const { name, verdict } of evidence.filter((quantity) => !isShownOnly(quantity)))
      expect(verdict, name).toBe(name === "idle_time_spread" ? "undecided" : "agrees");
  });

  it("is told from a prediction that is 5 % wrong", () => {
    const wrong = (prediction: Prediction): Prediction =>
      "value" in prediction ? { ...prediction, value: 1.05 * prediction.value } : prediction;
    const change = (experiment: Experiment): Experiment => ({
      ...experiment,
      predict: (conditions) =>
        new Map(
          [...experiment.predict(conditions)].map(([name, claims]) => [
            name,
            name === "mean_service_rate" ? claims.map(wrong) : claims,
          ]),
        ),
    });
    expect(differing(simulate({ change }))).toEqual(["mean_service_rate"]);
  });

  it("is told from a rule that is broken: one that forgets to slow down for every idle time", () => {
    const { rateControl } = scenarioNamed("rate-scaling").configure({}, "1").system.server;
    const rule = rateControlFor(rateControl);
    // It counts half of the idle time: a flag in a test, not in the product.
    const broken: RateControl = {
      ...rule,
      evolve: (rate, idleTime, idle, duration) => rule.evolve(rate, idleTime / 2, idle, duration),
      serve: (rate, idleTime, work) => rule.serve(rate, idleTime / 2, work),
    };
    expect(differing(simulate({ rateControl: broken }))).toContain("mean_service_rate");
  });

  it("is told from a rule that never changes a rate", () => {
    const broken = rateControlFor({ kind: "fixed" });
    // The rates themselves never vary, which says nothing of their error; what follows from them does.
    expect(differing(simulate({ rateControl: broken }))).toEqual(
      expect.arrayContaining(["mean_idle_time", "busy_fraction"]),
    );
  });

  it("says undecided, and why, of a run too short to tell", () => {
    const short = simulate({ change: (experiment) => ({ ...experiment, measuringTime: 300 }) });
    expect(Object.values(verdicts(short))).toContain("undecided");
    for (const { verdict, reason } of short.filter((quantity) => !isShownOnly(quantity)))
      if (verdict === "undecided") expect(reason).toMatch(/, but reaches more than .* from it$|^too few data/);
  });
});

/** Every decision of the dispatcher, hashed. */
function trace(seed: string, messageDelay: MessageDelay): string {
  const experiment = scenarioNamed("rate-scaling").configure({ servers: "10" }, seed);
  const run = new Run(experiment, { warmUpTime: 50, measuringTime: 100, familyConfidence: FAMILY_CONFIDENCE });
  const twin = new Twin({ system: experiment.system, run, seed, messageDelay });
  const hash = createHash("sha256");
  const submit = twin.dispatcher.submit.bind(twin.dispatcher);
  const complete = twin.dispatcher.complete.bind(twin.dispatcher);
  twin.dispatcher.submit = (now, origin, job, taskType, work) => {
    const server = submit(now, origin, job, taskType, work);
    hash.update(`submit ${now} ${job} ${server};`);
    return server;
  };
  twin.dispatcher.complete = (now, server, assignment, timeAtServer) => {
    hash.update(`complete ${now} ${server} ${assignment} ${timeAtServer};`);
    return complete(now, server, assignment, timeAtServer);
  };
  twin.finish();
  expect(twin.dispatcher).toBeInstanceOf(Dispatcher);
  expect(twin.dispatcher.totals.completed).toBeGreaterThan(500);
  return hash.digest("hex");
}

describe("the same seed", () => {
  it("gives the same trace, another seed another, with and without message delays", () => {
    for (const messageDelay of [{ law: "none" }, { law: "exponential", mean: 0.1 }] as const) {
      expect(trace("a", messageDelay)).toBe(trace("a", messageDelay));
      expect(trace("b", messageDelay)).not.toBe(trace("a", messageDelay));
    }
  });
});
