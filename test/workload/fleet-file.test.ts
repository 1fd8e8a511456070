import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../model/errors.js";
import { fleet } from "../../scenarios/fleet/index.js";
import { exampleFleetFile } from "../../workload/example-fleet.js";
import { readFleetFile } from "../../workload/fleet-file.js";
import { fleetKeys } from "../../workload/fleet-keys.js";
import { writeFleetFile } from "../../workload/fleet-text.js";

const read = (...lines: string[]) => readFleetFile(lines.join("\n"), "fleet.yaml");

describe("a fleet file", () => {
  it("says what --set and flags would", () => {
    const found = read(
      "# twelve servers",
      "timeUnit: 25ms",
      "classes:",
      "  - {count: 4, speed: 1.6}",
      "  - count: 8",
      "    speed: 0.7",
      "    discipline: ps",
      "    workers: 2",
      "sizes: lognormal:4",
      "arrivals: batch:3",
      "load: 0.80",
      "policy: jsq-d:d=3",
      "dispatchers: 3",
      "views: local",
      "seed: 007",
    );
    expect(found.settings).toEqual({
      classes: "4x1.6,8x0.7:workers=2:discipline=ps",
      sizes: "lognormal:4",
      arrivals: "batch:3",
      load: "0.80",
      policy: "jsq-d:d=3",
    });
    expect(found.run).toEqual({ timeUnit: 0.025, dispatchers: 3, views: "local", seed: "007" });
    const { system } = fleet.configure(found.settings, "1");
    expect(system.servers).toBe(12);
  });

  it("has types of jobs with sizes of their own", () => {
    const { settings } = read("jobs:", "  - {share: 0.9, mean: 1, scv: 1}", "  - {share: 0.1, mean: 20, scv: 4}");
    expect(settings).toEqual({ sizes: "types:0.9x1x1+0.1x20x4" });
    const { system } = fleet.configure(settings, "1");
    // E[X] = 2.9, E[X^2] = 0.9 * 2 + 0.1 * 400 * 5.
    expect(system.sizes?.squaredVariation).toBeCloseTo(201.8 / 2.9 ** 2 - 1, 9);
    expect(read("jobs: as-sizes", "sizes: lognormal:4").settings).toEqual({ sizes: "lognormal:4" });
  });

  it("takes times in units and in wall-clock time, wherever a value holds times", () => {
    expect(read("timeUnit: 25ms", "slo: 250ms", "load: sine:0.7,0.2,1m").settings).toEqual({
      slo: "10",
      load: "sine:0.7,0.2,2400",
    });
    expect(read("slo: 10").settings).toEqual({ slo: "10" });
  });

  it("leaves files to whoever may read them", () => {
    expect(read("sizes: empirical:no-such-file.csv").settings).toEqual({ sizes: "empirical:no-such-file.csv" });
  });

  it.each<[string, string, string]>([
    ["an unknown key", "load: 0.5\nspeed: 2", "line 2: speed is no key of a fleet: use one of timeUnit, servers, "],
    [
      "an unknown key of a class",
      "classes:\n- count: 1\n  speed: 1\n  disk: 3",
      "line 4: disk of class 1 is no key of a class: use one of count, speed, workers",
    ],
    ["a missing key of a job type", "jobs:\n- share: 1\n  mean: 2", "line 2: scv of job type 1 is missing"],
    [
      "an unknown key of a job type",
      "jobs:\n- {share: 1, mean: 2, scv: 1}\n- {share: 1, mean: 2, scv: 1, sla: 2}",
      "line 3: sla of job type 2 is no key of a job type: use one of share, mean, scv",
    ],
    [
      "a value of a job type out of range",
      "jobs:\n- share: 0\n  mean: 2\n  scv: 1",
      "line 2: share of job type 1 = 0: must be a number > 0",
    ],
    [
      "sizes beside types of jobs",
      "sizes: lognormal:4\njobs:\n- {share: 1, mean: 2, scv: 1}",
      "line 1: sizes is said by jobs: omit one of them",
    ],
    ["types of jobs in one text", "jobs: 1x2x1", "line 1: jobs = 1x2x1: "],
    ["a missing key of a class", "classes:\n- count: 1", "line 2: speed of class 1 is missing"],
    ["a class that is none", "classes:\n- count: 1\n  speed: 1\n- 3x1", "line 4: class 2 takes a key for each"],
    [
      "a value out of range",
      "servers: 3\n\nload: -1",
      'line 3: load = -1: offered load "constant:-1": load = -1: must be a number > 0',
    ],
    [
      "a value of a class out of range",
      "classes:\n- {count: 1, speed: 1}\n- {count: 1, speed: fast}",
      "line 3: speed of class 2 = fast: must be a number > 0",
    ],
    [
      "classes in a text",
      "classes: 8xfast",
      'line 1: classes = 8xfast: class 1, "8xfast": its speed must be a number > 0',
    ],
    ["no value", "servers:", "line 1: servers has no value"],
    ["several values", "servers: [1, 2]", "line 1: servers takes one value"],
    ["no classes", "classes: []", "line 1: classes lists none"],
    ["a key twice", "load: 1\nload: 2", "line 2: Map keys must be unique"],
    ["no YAML", "load: {", "line 1: "],
    ["a list", "- 1", "holds no fleet; write lines KEY: VALUE"],
    ["nothing", "", "holds no fleet; write lines KEY: VALUE"],
    ["a time of unknown length", "slo: 250ms", "line 1: slo = 250ms: 250ms is a wall-clock time: say with timeUnit"],
    ["a time unit without a unit", "timeUnit: 25", 'line 1: timeUnit = 25: "25" is not a duration'],
    [
      "a policy of one's own",
      "policy: ./mine.mjs",
      'line 1: policy = ./mine.mjs: policy "./mine.mjs": a module is used only if',
    ],
    ["aliases without end", "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]", "line 1: a is no key"],
  ])("refuses %s in one line that names its line", (_, yaml, message) => {
    const failure = (() => {
      try {
        return readFleetFile(yaml, "fleet.yaml");
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toContain(`fleet.yaml${message.startsWith("line") ? ", " : ": "}${message}`);
    expect((failure as UserError).message).not.toContain("\n");
  });

  it("is written with every key, a comment for each, and read again as it was written", () => {
    const values = { servers: "3", policy: "jsq-d:d=2", seed: "1e3", arrivals: "markov-modulated:4,0.2,100" };
    const text = writeFleetFile(values, ["A title"]);
    expect(text).toMatch(/^# A title\n/);
    const { settings, run } = readFleetFile(text, "fleet.yaml");
    expect({ ...settings, ...run }).toEqual(values);
    for (const [key, { default: fallback }] of Object.entries(fleetKeys))
      expect(text).toContain(key in values ? `\n${key}: ` : `\n# ${key}: ${fallback}\n`);
  });

  it("keeps every property of every class", () => {
    const properties = fc.record(
      {
        count: fc.integer({ min: 1, max: 50 }).map(String),
        speed: fc.constantFrom("1", "0.7", "1.6"),
        workers: fc.integer({ min: 1, max: 9 }).map(String),
        discipline: fc.constantFrom("fifo", "ps"),
      },
      { requiredKeys: ["count", "speed"] },
    );
    fc.assert(
      fc.property(fc.array(properties, { minLength: 1, maxLength: 5 }), (classes) => {
        const text = classes
          .map(({ count, speed, ...others }) =>
            [`${count}x${speed}`, ...Object.entries(others).map(([key, value]) => `${key}=${value}`)].join(":"),
          )
          .join(",");
        expect(readFleetFile(writeFleetFile({ classes: text }, []), "fleet.yaml").settings).toEqual({ classes: text });
      }),
      { numRuns: 30 },
    );
  });

  it("begins with an example that is valid", () => {
    const { settings, run } = readFleetFile(exampleFleetFile(), "fleet.yaml");
    expect(run.timeUnit).toBe(0.025);
    expect(settings.slo).toBe("10");
    const { system, assumptions } = fleet.configure(settings, "1");
    expect(system.servers).toBe(12);
    expect(assumptions.every(({ holds }) => holds)).toBe(true);
  });
});
