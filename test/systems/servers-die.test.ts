import { afterEach, describe, expect, it } from "vitest";
import type { Series } from "../../cli/promql.js";
import { DISPATCHER_METRICS, replayScrapes, SERVER_METRICS } from "../../cli/scraped-run.js";
import { refinedRate, survivors } from "../../figures/rate-scaling/servers-die.js";
import { rateScaling } from "../../scenarios/rate-scaling/index.js";
import { skipIfTooBusy } from "../support/busy-machine.js";
import { eventually } from "../support/equipoise.js";
import { LiveProcesses } from "../support/live-processes.js";
import { scrape } from "../support/scrape.js";
import { eventsAt, stateAt } from "../support/small-system.js";

const live = new LiveProcesses();
afterEach(() => live.end());

const TIME_UNIT_SECONDS = 0.025;
/** All start at the optimum of all. */
const PARAMETERS = { servers: "20", inverseStep: "10", arrivalRate: "0.8", initialRates: "constant:1.583" };
const DEATHS = { servers: 2, time: 60 };
/** They are known to be gone 60 time units later; then there are six relaxation times of the rates of the others, 18 each. */
const SETTLED_TIME = DEATHS.time + 60 + 110;
/** 800 time units: 44 relaxation times. */
const SCRAPES = 80;
const SCRAPE_MILLISECONDS = 250;
/** So confident that a true prediction is said to differ once in ten thousand runs. */
const CONFIDENCE = 0.9999;

/** What was scraped of some pages again and again, as a Prometheus keeps it. */
class Scrapes {
  private readonly series = new Map<string, Series & { samples: { seconds: number; value: number }[] }>();

  constructor(private readonly urls: readonly string[]) {}

  async look(): Promise<void> {
    const names: ReadonlySet<string> = new Set([...DISPATCHER_METRICS, ...SERVER_METRICS]);
    for (const url of this.urls) {
      const samples = await scrape(url);
      const seconds = performance.now() / 1000;
      for (const { name, labels, value } of samples.filter((sample) => names.has(sample.name))) {
        const key = name + JSON.stringify(labels);
        const one = this.series.get(key) ?? { name, labels, samples: [] };
        one.samples.push({ seconds, value });
        this.series.set(key, one);
      }
    }
  }

  all(): Series[] {
    return [...this.series.values()];
  }
}

/** Runs until two of twenty servers have died and the others have settled. Returns where what they do can be scraped. */
async function letATenthDie(): Promise<{ url: string; pages: string[] }> {
  const settings = Object.entries(PARAMETERS).map(([name, value]) => `${name}=${value}`);
  const unit = ["--time-unit", `${TIME_UNIT_SECONDS}s`];
  const url = await live.dispatcher(
    "--set",
    ...settings,
    ...unit,
    "--warmup",
    `${SETTLED_TIME}u`,
    "--heartbeat",
    "500ms",
  );
  const { inverseStep, initialRates } = PARAMETERS;
  const flags = [...unit, "--inverse-step", inverseStep, "--initial-rates", initialRates, "--metrics-port", "0"];
  live.serverNode(url, ...flags, "--servers", "18");
  const dying = live.serverNode(url, ...flags, "--servers", String(DEATHS.servers), "--first-server", "18");
  live.loadGenerator(url, "--arrival-rate", String(0.8 * 20), ...unit);
  await eventually(async () => (await stateAt(url)).elapsedTime > DEATHS.time || undefined);
  dying.process.kill("SIGKILL");
  await eventually(async () => (await stateAt(url)).phase === "measuring" || undefined);
  const { nodes } = await stateAt(url);
  expect(nodes.length).toBe(1);
  return { url, pages: [`${url}/metrics`, ...nodes.map(({ metricsUrl }) => metricsUrl ?? "")] };
}

describe("when a tenth of the servers dies", () => {
  it("the others are said to be at the optimum of as many, and not at that of all", async (context) => {
    const { url, pages } = await letATenthDie();
    const scrapes = new Scrapes(pages);
    for (let i = 0; i < SCRAPES; i++) {
      await scrapes.look();
      await new Promise((resolve) => setTimeout(resolve, SCRAPE_MILLISECONDS));
    }
    // The same arrivals to eighteen servers, judged by what was scraped of them and nothing else.
    const eighteen = rateScaling.configure(survivors({ parameters: PARAMETERS, deaths: DEATHS, until: 0 }), "1");
    const judged = (familyConfidence: number) =>
      replayScrapes(eighteen, scrapes.all(), TIME_UNIT_SECONDS, { familyConfidence }).run;
    const { totals, whyVoid } = await stateAt(url);
    expect(totals.offered).toBe(totals.completed + totals.blocked + totals.lost + totals.inFlight);
    const faults = (await eventsAt(url)).filter(({ kind }) => kind === "fault");
    expect(faults.some(({ text }) => text.includes("is gone"))).toBe(true);
    const run = judged(CONFIDENCE);
    // The dispatcher says what a scrape of it does not: why.
    skipIfTooBusy(context, { whyVoid: whyVoid ?? run.whyVoid() ?? null });
    const evidence = run.evidence();
    const told = evidence.map(({ name, measured, verdict, reason }) => `${name} ${measured} ${verdict}: ${reason}`);
    expect(
      evidence.filter(({ verdict }) => verdict === "differs"),
      told.join("\n"),
    ).toEqual([]);
    const before = refinedRate(PARAMETERS);
    const rate = judged(0.99)
      .evidence()
      .find(({ name }) => name === "mean_service_rate");
    // Half of the way from one optimum to the other is three standard errors and more.
    expect(rate?.ciLow, told.join("\n")).toBeGreaterThan(before);
  });
});
