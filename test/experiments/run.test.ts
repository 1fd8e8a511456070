import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { Run, type RunOptions } from "../../experiments/run.js";
import { EPOCH_TIME, type Experiment, type FleetView, type Measurement } from "../../experiments/scenario.js";
import { parseServiceLaw } from "../../model/slot-laws.js";
import { noDispatcherTotals, noServerTotals } from "../../model/totals.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";

const FLEET: FleetView = {
  totals: noDispatcherTotals(),
  queues: [],
  queueLength: () => 0,
  information: { messages: 0, bitsPerServer: 0 },
  learned: undefined,
  rate: () => 1,
};
const NO_SLOTS = rateScaling.configure({ servers: "2" }, "1");
const OPTIONS: RunOptions = { warmUpTime: 20, measuringTime: 30, familyConfidence: 0.99 };

/** A measurement that writes down what it is told. */
class Recorded implements Measurement {
  readonly told: string[] = [];
  lost = 0;
  epochs = 0;
  messageDelay = 0;
  heldUpFraction = 0;

  started(now: number): void {
    this.told.push(`started ${now}`);
  }

  observeServer(server: number): void {
    this.told.push(`server ${server}`);
  }

  forgetServer(server: number): void {
    this.told.push(`forget ${server}`);
  }

  closeEpoch(now: number): void {
    this.epochs++;
    this.told.push(`epoch ${now}`);
  }

  conditions = () => ({ messageDelay: this.messageDelay, heldUpFraction: this.heldUpFraction });

  measured = () => new Map([["busy_fraction", { value: 0.5, interval: () => ({ low: 0.4, high: 0.6 }) }]]);
}

let measurement = new Recorded();
beforeEach(() => {
  measurement = new Recorded();
});

function runOf(options: Partial<RunOptions> = {}, experiment: Experiment = NO_SLOTS): Run {
  return new Run({ ...experiment, measure: () => measurement }, { ...OPTIONS, ...options });
}

/** A run that measures since time 20. */
function measuring(experiment: Experiment = NO_SLOTS): Run {
  const run = runOf({}, experiment);
  run.start(0);
  run.tick(20, FLEET);
  return run;
}

describe("the course of a run", () => {
  it("waits, warms up from the start on, measures in epochs of equal length, and finishes", () => {
    const run = runOf();
    const phases: string[] = [];
    run.tick(4, FLEET);
    expect([run.phase, run.elapsed(4)]).toEqual(["waiting", 0]);
    run.start(7);
    for (let now = 7; now <= 70; now += 0.5) {
      run.tick(now, FLEET);
      run.observeServer(3, noServerTotals(), 1);
      if (run.phase !== phases.at(-2)) phases.push(run.phase, String(now));
    }
    // Warm-up ends at 7 + 20; after 30 more the measurement does.
    expect(phases).toEqual(["warming up", "7", "measuring", "27", "finished", "57"]);
    const epochs = measurement.told.filter((what) => what.startsWith("epoch"));
    expect(epochs).toEqual([27, 32, 37, 42, 47, 52, 57].map((end) => `epoch ${end}`));
    expect(run.epochs).toBe(7);
    expect(measurement.told[0]).toBe("started 7");
    // Two observations a unit of time, from 27 until before 57.
    expect(measurement.told.filter((what) => what === "server 3").length).toBe(60);
    expect(run.elapsed(70)).toBe(63);
  });

  it("closes epochs where they are due, however late it is told, and takes the length asked for", () => {
    const run = runOf({ epochTime: 10 });
    run.start(0);
    for (const now of [19.9, 21, 30.9, 31, 44, 44.5, 51]) run.tick(now, FLEET);
    expect(measurement.told.slice(1)).toEqual(["epoch 21", "epoch 31", "epoch 44", "epoch 51"]);
    expect(run.phase).toBe("finished");
    expect(EPOCH_TIME).toBe(5);
  });

  it("starts a measurement that need not know when", () => {
    const run = new Run(NO_SLOTS, OPTIONS);
    expect(NO_SLOTS.measure().started).toBeUndefined();
    run.start(0);
    expect(run.phase).toBe("warming up");
  });

  it("measures until it is stopped where the time is infinite", () => {
    const run = runOf({ measuringTime: Number.POSITIVE_INFINITY });
    run.start(0);
    for (let now = 0; now <= 1000; now += 5) run.tick(now, FLEET);
    expect(run.phase).toBe("measuring");
  });
});

describe("the rates of the fleet", () => {
  it("are summed up by mean and order statistics, and forget a server that has left", () => {
    const positive = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 60 }), (rates) => {
        const run = runOf();
        expect(run.currentRates()).toBeUndefined();
        run.observeServer(1000, noServerTotals(), 1e9);
        for (const [server, rate] of rates.entries()) run.observeServer(server, noServerTotals(), rate);
        run.serverLeft(1000, "for good");
        const found = run.currentRates();
        const below = (value = Number.NaN): number => rates.filter((rate) => rate < value).length / rates.length;
        const upTo = (value = Number.NaN): number => rates.filter((rate) => rate <= value).length / rates.length;
        expect(found?.mean).toBeCloseTo(rates.reduce((sum, rate) => sum + rate, 0) / rates.length, 9);
        expect(below(found?.p05)).toBeLessThanOrEqual(0.05);
        expect(upTo(found?.p05)).toBeGreaterThan(0.05);
        expect(below(found?.p95)).toBeLessThanOrEqual(0.95);
        expect(upTo(found?.p95)).toBeGreaterThan(0.95);
      }),
    );
  });
});

describe("a void run", () => {
  it("is one that a server left, or that something happened to, while it measured", () => {
    const early = runOf();
    early.start(0);
    early.serverLeft(3, "killed");
    early.fault("the dispatcher paused");
    early.tick(20, FLEET);
    expect(early.whyVoid()).toBeUndefined();
    expect(measurement.told).toContain("forget 3");
    early.serverLeft(4, "killed");
    expect(early.whyVoid()).toBe("a server left while measuring (killed); start again with a quiet fleet");
    const paused = measuring();
    paused.fault("the dispatcher paused");
    paused.fault("the dispatcher paused again");
    expect(paused.whyVoid()).toBe("the dispatcher paused");
  });

  it("is one that is told so in any phase, and then every quantity is void", () => {
    const run = runOf();
    run.voidBecause("the job balance is violated");
    const evidence = run.evidence();
    expect(evidence.length).toBeGreaterThan(0);
    for (const { verdict, reason } of evidence)
      expect([verdict, reason]).toEqual(["void", "the job balance is violated"]);
    expect(run.measured().get("busy_fraction")?.value).toBe(0.5);
  });

  it("is one that lost jobs", () => {
    const run = measuring();
    measurement.lost = 2;
    expect(run.whyVoid()).toBe("2 jobs were lost while measuring; start again with a quiet fleet");
  });

  it("is one whose generator was late on average since measuring began, by more than a tenth of a time unit", () => {
    const run = runOf();
    run.start(0);
    run.observeSchedule({ sent: 100, lag: 1000, heldUp: 100 });
    run.tick(20, FLEET);
    expect(run.meanScheduleLag).toBe(0);
    run.observeSchedule({ sent: 164, lag: 1006.375, heldUp: 116 });
    expect(run.meanScheduleLag).toBe(6.375 / 64);
    expect(run.whyVoid()).toBeUndefined();
    // At the limit itself it still is what it claims to be.
    run.observeSchedule({ sent: 110, lag: 1001, heldUp: 116 });
    expect([run.meanScheduleLag, run.whyVoid()]).toEqual([0.1, undefined]);
    run.observeSchedule({ sent: 164, lag: 1016, heldUp: 116 });
    expect(run.whyVoid()).toBe(
      "the load generator could not keep up: it sent jobs 0.250 time units late on average (limit 0.1); " +
        "raise --time-unit or lower the arrival rate",
    );
  });

  it("is none for that in slotted time, where a job belongs to its slot however late it comes", () => {
    const services = parseServiceLaw("constant");
    const run = measuring({ ...NO_SLOTS, system: { ...NO_SLOTS.system, slots: { arrivals: services, services } } });
    run.observeSchedule({ sent: 1, lag: 1, heldUp: 0 });
    expect(run.whyVoid()).toBeUndefined();
  });

  it("is one whose messages took longer than predictions account for", () => {
    const run = measuring();
    measurement.messageDelay = 0.1;
    expect(run.whyVoid()).toBeUndefined();
    measurement.messageDelay = 0.125;
    expect(run.whyVoid()).toBe(
      "the machine could not keep up: messages and late timers took 0.125 time units per job (limit 0.1); " +
        "raise --time-unit, use fewer servers or --processes, or a quieter machine",
    );
  });
});

describe("the conditions of a run", () => {
  it("are the measured ones, and jobs held up before they were sent count too, up to all jobs", () => {
    const run = runOf();
    run.start(0);
    run.observeSchedule({ sent: 100, lag: 0, heldUp: 50 });
    run.tick(20, FLEET);
    measurement.messageDelay = 0.02;
    measurement.heldUpFraction = 0.25;
    expect(run.conditions()).toEqual({ messageDelay: 0.02, heldUpFraction: 0.25 });
    run.observeSchedule({ sent: 108, lag: 0, heldUp: 51 });
    expect(run.conditions()).toEqual({ messageDelay: 0.02, heldUpFraction: 0.375 });
    run.observeSchedule({ sent: 108, lag: 0, heldUp: 57 });
    expect(run.conditions().heldUpFraction).toBe(1);
  });
});
