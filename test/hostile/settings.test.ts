import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readSettings } from "../../experiments/parameters.js";
import { controlAction, readControlAction } from "../../live/http/control.js";
import { parseDuration } from "../../live/units.js";
import { WHOLE } from "../../load-generator/part.js";
import { type Plan, workloadOf } from "../../load-generator/plan.js";
import { readThreshold } from "../../load-generator/thresholds.js";
import { jobSequence } from "../../load-generator/workload.js";
import { UserError } from "../../model/errors.js";
import { readEvents, readHeader } from "../../model/event-log.js";
import { readEdgeList } from "../../model/graphs/edge-list.js";
import { parseMessageDelay } from "../../model/message-delay.js";
import { type RandomStream, randomStream, uniformIndex } from "../../model/random.js";
import { parseServiceRates } from "../../model/service-rates.js";
import { scenarios } from "../../scenarios/index.js";
import { replay } from "../../simulator/replay.js";
import { parseVaried } from "../../simulator/sweep.js";
import { mutatedText } from "../support/hostile-input.js";
import { mutatedCsv, mutatedSetting, someSettings } from "../support/hostile-settings.js";

/** Inputs to each of the readers: FUZZ_INPUTS=100000 for a long run. */
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 500);
const SEED = process.env.FUZZ_SEED ?? "settings";

const folder = mkdtempSync(join(tmpdir(), "equipoise-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads: gives a result, or says in one line that the user is wrong. Returns whether there was a result. */
function reads(read: () => unknown, input: unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    const told = `${SEED}: ${JSON.stringify(input).slice(0, 500)}`;
    expect(error, told).toBeInstanceOf(UserError);
    expect((error as UserError).message, told).toMatch(/^[^\p{Cc}\u2028\u2029]{1,3000}$/u);
    return false;
  }
}

/** Reads many inputs, of which some are right and some are wrong. */
function readsAll(purpose: string, next: (random: RandomStream, i: number) => [input: unknown, read: () => unknown]) {
  const random = randomStream(SEED, purpose);
  let right = 0;
  for (let i = 0; i < INPUTS; i++) {
    const [input, read] = next(random, i);
    if (reads(read, input)) right++;
  }
  expect(right, "inputs that were right").toBeGreaterThan(INPUTS / 50);
  expect(INPUTS - right, "inputs that were wrong").toBeGreaterThan(INPUTS / 50);
}

/** Whatever is read passes for what was written. */
const noChecksum = { add: () => undefined, value: 0 };

describe("settings of any kind", () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    "make an experiment of %s, or are refused in one line",
    (name, scenario) => {
      readsAll(`set/${name}`, (random) => {
        const settings = someSettings(random, scenario);
        const flags = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
        return [settings, () => scenario.configure(readSettings(flags), "1")];
      });
    },
  );

  it.each<[string, Record<string, string>, what: string]>([
    [
      "rate-scaling",
      { costG: "shifted-reciprocal", arrivalRate: "1e15" },
      "a warm-up whose length took for ever to find",
    ],
    ["rate-scaling", { servers: "9007199254740991" }, "an array that cannot be"],
    ["jsq-heavy-traffic", { alpha: "9007199254740991" }, "a load of 1 by rounding"],
    ["jfsq-zero-waiting", { alpha: "5e-324" }, "a load of 0 by rounding"],
    ["jfsq-zero-waiting", { buffer: "9007199254740991" }, "a sum over every place in a buffer"],
    ["jsq-heavy-traffic", { buffer: "1000", arrivalRate: "3" }, "weights that overflow"],
    ["spatial-graphs", { graph: "geometric:6", choices: "1000000000000000" }, "as many draws as there are choices"],
  ])("that once were neither: %s %j: %s", (name, settings) => {
    const scenario = scenarios.find((one) => one.name === name);
    const predict = (): void => {
      const claims = scenario?.configure(settings, "1").predict({ messageDelay: 0, heldUpFraction: 0 }) ?? [];
      for (const claim of [...claims].flatMap(([, all]) => all))
        expect("value" in claim ? claim.value : 0).not.toBeNaN();
    };
    reads(predict, settings);
  });

  it("are lengths of time, what to vary, thresholds and delays, or are refused", () => {
    const texts: [string, (text: string) => unknown][] = [
      ["90s", parseDuration],
      ["1800u", parseDuration],
      ["servers=1:9:2", parseVaried],
      ["policy=jiq,jsq", parseVaried],
      ["sojourn_p99<250ms", readThreshold],
      ["exponential:0.1", (text) => parseMessageDelay(text, () => "1")],
    ];
    readsAll("texts", (random, i) => {
      const [text, read] = texts[i % texts.length];
      const mutated = mutatedSetting(random, text);
      return [mutated, () => read(mutated)];
    });
  });
});

const PLAN: Omit<Plan, "arrivals" | "sizes" | "schedule"> = {
  ...{
    dispatchers: [""],
    via: undefined,
    name: "",
    tokenFile: undefined,
    seed: "1",
    arrivalRate: 2,
    clients: undefined,
  },
  ...{ thinkTime: 1, backlog: 0, taskTypes: 1, keys: 1, timeUnitSeconds: 1, warmUpTime: 0, measuringTime: 1, jobs: 1 },
  ...{ maxInFlight: 1, patienceSeconds: 1, traceOrigin: undefined, repeatTrace: false, part: WHOLE },
};

/** Takes some jobs of a workload: they come in order, and bring work. */
function takeJobs(plan: Plan): void {
  const sequence = jobSequence(workloadOf(plan, { worker: 0, workers: 1 }), 0);
  let before = 0;
  for (let i = 0; i < 50 && sequence.nextArrivalTime < Number.POSITIVE_INFINITY; i++) {
    expect(sequence.nextArrivalTime, JSON.stringify(plan)).toBeGreaterThanOrEqual(before);
    before = sequence.nextArrivalTime;
    expect(sequence.take(), JSON.stringify(plan)).toBeGreaterThanOrEqual(0);
  }
}

describe("workloads of any kind", () => {
  it("give jobs in order, each with its work, or are refused", () => {
    const arrivals = ["poisson", "constant", "gamma:4", "batch:3", "markov-modulated:4,0.3,100", "slots:binomial:4"];
    const sizes = ["exponential", "hyperexponential:4", "lognormal:2", "bounded-pareto:1.5,1000", "weibull:0.5"];
    const schedules = [undefined, "steps:1,3@20", "ramp:1,4,30", "sine:4,2,40"];
    readsAll("workloads", (random, i) => {
      const schedule = schedules[uniformIndex(random, schedules.length)];
      const plan: Plan = {
        ...PLAN,
        arrivals: mutatedSetting(random, arrivals[i % arrivals.length]),
        sizes: mutatedSetting(random, sizes[uniformIndex(random, sizes.length)]),
        schedule: schedule === undefined ? undefined : mutatedSetting(random, schedule),
      };
      return [plan, () => takeJobs(plan)];
    });
  });

  it("come from traces and files of sizes, or these are refused with the line that is wrong", () => {
    const trace = "time,size,type\n0,1,0\n0.5,2,1\n0.5,0,0\n3,1.25,2";
    const file = join(folder, "workload.csv");
    readsAll("files", (random, i) => {
      const text = mutatedCsv(random, i % 2 === 0 ? trace : "1\n0.5\n3");
      const plan = { ...PLAN, schedule: undefined, arrivals: "poisson", sizes: "exponential" };
      const workload = i % 2 === 0 ? { arrivals: `trace:${file}` } : { sizes: `empirical:${file}` };
      return [
        text,
        () => {
          writeFileSync(file, text);
          takeJobs({ ...plan, ...workload });
        },
      ];
    });
  });
});

describe("files of any kind", () => {
  it("are lists of edges, of rates and of delays, or are refused", () => {
    const files: [string, (text: string) => unknown][] = [
      ["server,type\n0,0\n1,1\n2,2\n# a remark\n2 3", (text) => readEdgeList(text, 4, 5)],
      ["1,2,3\n4", (text) => parseServiceRates(`file:rates.csv\n${text}`).ofServers(4, "1")],
      ["0.1\n0.25\n\n3", (text) => parseMessageDelay("empirical:delays.csv", () => text)],
    ];
    readsAll("csv", (random, i) => {
      const [text, read] = files[i % files.length];
      const mutated = mutatedCsv(random, text);
      return [mutated, () => read(mutated)];
    });
  });

  it("are event logs that can be replayed, or are refused", () => {
    const log = [
      '{"format":"equipoise events 3","version":"1","scenario":"rate-scaling","parameters":{"servers":"2"},"seed":"1"}',
      ...['["join",1,1,0,1,0]', '["join","Infinity",1,0,1,1]', '["submit",0.5,0,1,0,1,0]', '["leave",1]'],
      ...[
        '["enter",1]',
        '["complete",0.75,0,1,0.1]',
        '["submit",1,0,2,0,1,1]',
        '["block"]',
        '["checksum",0]',
        '["end",8]',
      ],
    ];
    const share = '"seed":"1","share":{"dispatchers":2,"views":"told","number":1}}';
    const shared = [
      log[0].replace('"seed":"1"}', share),
      ...log.slice(1, 4),
      '["told",1,1,0,0.1,0.01]',
      ...log.slice(4),
    ];
    readsAll("logs", (random, i) => {
      const lines = (i % 3 === 0 ? shared : log).map((line) => (random() < 0.1 ? mutatedText(random, line) : line));
      for (let i = uniformIndex(random, 3); i > 0; i--)
        lines.splice(
          uniformIndex(random, lines.length),
          uniformIndex(random, 2),
          log[uniformIndex(random, log.length)],
        );
      const huge = ["1e9", "4294967295", "1e308"][uniformIndex(random, 3)];
      const line = uniformIndex(random, lines.length);
      if (random() < 0.2) lines[line] = lines[line]?.replace(/\d+(?=[,\]])/, huge) ?? huge;
      const text = lines.join("\n");
      return [
        text,
        () => {
          const [first, ...rest] = text.split("\n");
          replay(readHeader(first, "log"), readEvents(rest, "log", noChecksum).events);
        },
      ];
    });
  });

  it("are actions of a control, or are refused", () => {
    const actions = [{ action: "arrival-rate", rate: 3 }, { action: "drain", server: 1 }, { action: "pause" }];
    readsAll("controls", (random, i) => {
      const action = JSON.stringify(actions[i % actions.length]);
      const text = random() < 0.2 ? action : mutatedText(random, action);
      let body: unknown;
      try {
        body = JSON.parse(text);
      } catch {
        body = text;
      }
      return [body, () => controlAction.parse(readControlAction(body))];
    });
  });
});
