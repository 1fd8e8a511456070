import { afterEach, describe, expect, it } from "vitest";
import { confidenceInterval } from "../../model/statistics/interval.js";
import { RatioSeries } from "../../model/statistics/ratio-series.js";
import { eventually } from "../support/equipoise.js";
import { LiveProcesses } from "../support/live-processes.js";
import { metric, type Sample, scrape } from "../support/scrape.js";

const SERVERS = 8;
const SCRAPES = 48;
/** Probability that an interval misses what is true: there are a few of them, in every run of the tests. */
const CONFIDENCE = 1 - 1e-5;

const live = new LiveProcesses();
afterEach(() => live.end());

/** A fleet of fixed, equal rates: an Erlang loss system, whose predictions are exact. Returns the dispatcher's URL. */
async function startErlangLossSystem(): Promise<string> {
  const settings = ["--set", `servers=${SERVERS}`, "rateControl=fixed", "initialRates=constant:1", "arrivalRate=0.8"];
  const url = await live.dispatcher(...settings, "--time-unit", "20ms", "--warmup", "100u", "--duration", "2000u");
  const common = ["--rate-control", "fixed", "--initial-rates", "constant:1", "--time-unit", "20ms"];
  live.serverNode(url, ...common, "--servers", String(SERVERS / 2), "--metrics-port", "0");
  live.serverNode(url, ...common, "--servers", String(SERVERS / 2), "--first-server", "4", "--metrics-port", "0");
  live.loadGenerator(url, "--arrival-rate", String(0.8 * SERVERS), "--time-unit", "20ms");
  return url;
}

const inPhase = (samples: readonly Sample[], phase: string): boolean =>
  samples.some(({ name, labels }) => name === "equipoise_run_info" && labels.phase === phase);

/** The sum of a metric over all its series, on all the pages. */
function total(samples: readonly Sample[], name: string): number {
  return samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
}

describe("the /metrics of a live run", () => {
  it("hold what the predictions say, judged by a scraper's own statistics", async () => {
    const url = await startErlangLossSystem();
    const dispatcherPage = `${url}/metrics`;
    await eventually(async () => inPhase(await scrape(dispatcherPage), "measuring") || undefined);
    const state = (await (await fetch(`${url}/api/state`)).json()) as { nodes: { metricsUrl: string }[] };
    expect(state.nodes.length).toBe(2);
    const pages = [dispatcherPage, ...state.nodes.map(({ metricsUrl }) => metricsUrl)];
    const look = async (): Promise<Sample[]> => (await Promise.all(pages.map(scrape))).flat();

    const blocked = new RatioSeries();
    const busy = new RatioSeries();
    const idleTime = new RatioSeries();
    const sojourn = new RatioSeries();
    let previous = await look();
    for (let i = 0; i < SCRAPES; i++) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      const now = await look();
      const gained = (name: string): number => total(now, name) - total(previous, name);
      const observed = gained("equipoise_server_observed_seconds_total");
      blocked.add(gained("equipoise_jobs_blocked_total"), gained("equipoise_jobs_offered_total"));
      busy.add(gained("equipoise_server_busy_seconds_total"), observed);
      idleTime.add(gained("equipoise_server_idle_time_integral_seconds_squared_total") / 0.02, observed);
      sojourn.add(gained("equipoise_sojourn_seconds_total") / 0.02, gained("equipoise_jobs_completed_total"));
      previous = now;
    }
    const predicted = (quantity: string): number =>
      metric(previous, "equipoise_prediction", { quantity, kind: "refined", scenario: "rate-scaling" });
    for (const [quantity, series] of Object.entries({
      blocked_fraction: blocked,
      busy_fraction: busy,
      mean_idle_time: idleTime,
      mean_sojourn_time: sojourn,
    })) {
      const { low, high } = confidenceInterval(series.estimate(), CONFIDENCE);
      expect.soft(predicted(quantity), quantity).toBeGreaterThan(low);
      expect.soft(predicted(quantity), quantity).toBeLessThan(high);
    }
  });
});
