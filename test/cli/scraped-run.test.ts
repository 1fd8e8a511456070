import { describe, expect, it } from "vitest";
import type { Series } from "../../cli/promql.js";
import { replayScrapes } from "../../cli/scraped-run.js";
import { Run } from "../../experiments/run.js";
import type { Experiment, FleetView, Measurement } from "../../experiments/scenario.js";
import type { MetricName } from "../../live/http/metric-definitions.js";
import { jobsTimed } from "../../model/statistics/job-times.js";
import { cumulativeBuckets } from "../../model/statistics/time-buckets.js";
import type { TimeCounts } from "../../model/statistics/time-counts.js";
import type { ServerTotals } from "../../model/totals.js";
import type { Rate } from "../../model/units.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { Twin } from "../../simulator/twin.js";

const TIME_UNIT_SECONDS = 0.05;
const CONFIDENCE = 0.99;

/** Gathers samples as a Prometheus would that scrapes at every look and epoch. */
class Scraper {
  private readonly series = new Map<
    string,
    { name: string; labels: Record<string, string>; samples: Series["samples"] & object[] }
  >();

  add(time: number, name: MetricName, value: number, labels: Record<string, string> = {}): void {
    const key = name + JSON.stringify(labels);
    const one = this.series.get(key) ?? { name, labels, samples: [] };
    one.samples.push({ seconds: 1_800_000_000 + time * TIME_UNIT_SECONDS, value });
    this.series.set(key, one);
  }

  all(): Series[] {
    return [...this.series.values()];
  }

  server(time: number, server: number, totals: Readonly<ServerTotals>, rate: Rate): void {
    const labels = { server: String(server) };
    const add = (name: MetricName, value: number): void => this.add(time, name, value, labels);
    add("equipoise_server_observed_seconds_total", totals.observedTime * TIME_UNIT_SECONDS);
    add("equipoise_server_busy_seconds_total", totals.busyTime * TIME_UNIT_SECONDS);
    const idle = totals.idleTimeIntegral * TIME_UNIT_SECONDS ** 2;
    add("equipoise_server_idle_time_integral_seconds_squared_total", idle);
    add("equipoise_server_work_done_total", totals.workDone);
    add("equipoise_server_queue_length_seconds_total", totals.queueLengthIntegral * TIME_UNIT_SECONDS);
    add("equipoise_server_waiting_seconds_total", totals.waitingTime * TIME_UNIT_SECONDS);
    add("equipoise_server_services_begun_total", totals.begun);
    add("equipoise_server_jobs_completed_total", totals.completed);
    add("equipoise_server_service_rate", rate);
  }

  dispatcher(time: number, view: FleetView, system: Experiment["system"]): void {
    const { totals, queues, information, learned } = view;
    const add = (name: MetricName, value: number): void => this.add(time, name, value);
    add("equipoise_run_measuring", 1);
    add("equipoise_run_warmup_seconds", 50 * TIME_UNIT_SECONDS);
    add("equipoise_run_void", 0);
    add("equipoise_servers", system.servers);
    add("equipoise_jobs_offered_total", totals.offered);
    add("equipoise_jobs_blocked_total", totals.blocked);
    add("equipoise_jobs_completed_total", totals.completed);
    add("equipoise_jobs_lost_total", totals.lost);
    add("equipoise_jobs_waited_total", totals.waited);
    add("equipoise_jobs_held_up_total", totals.heldUp);
    add("equipoise_job_work_total", totals.work);
    add("equipoise_job_squared_work_total", totals.squaredWork);
    add("equipoise_sojourn_seconds_total", totals.sojournTime * TIME_UNIT_SECONDS);
    add("equipoise_message_delay_seconds_total", totals.messageDelay * TIME_UNIT_SECONDS);
    add("equipoise_policy_messages_total", information.messages);
    add("equipoise_policy_bits_per_server", information.bitsPerServer);
    if (learned !== undefined) add("equipoise_policy_learned", learned);
    for (const [index, jobs] of jobsTimed(system.timesApart).entries()) {
      const { sojourn, waiting } = (index === 0 ? view.times?.all : view.times?.groups[index - 1]) ?? {};
      const tell = (name: MetricName, times: TimeCounts | undefined): void => {
        for (const [limit, count] of cumulativeBuckets(times?.counts ?? [], times?.end ?? 0)) {
          const le = Number.isFinite(limit) ? String(limit * TIME_UNIT_SECONDS) : "+Inf";
          this.add(time, name, count, { jobs, le });
        }
      };
      tell("equipoise_time_at_server_seconds_bucket", sojourn);
      tell("equipoise_waiting_time_seconds_bucket", waiting);
    }
    for (const [index, queue] of queues.entries()) {
      for (let level = 1; level <= queue.highest; level++) {
        const labels = { class: system.classNames[index], level: String(level) };
        this.add(time, "equipoise_queue_servers", queue.count(level), labels);
        const integral = queue.integral(level, time) * TIME_UNIT_SECONDS;
        this.add(time, "equipoise_queue_server_seconds_total", integral, labels);
      }
    }
  }
}

/** The measurements of times, which are told in buckets. */
const IN_BUCKETS = /^(sojourn|waiting)_(time_p|over_)/;

/** The experiment, whose measurements are scraped as they are made. */
function scrapedBy(scraper: Scraper, experiment: Experiment): Experiment {
  const measure = (): Measurement => {
    const measurement = experiment.measure();
    let looks: [number, ServerTotals, Rate][] = [];
    const { observeServer, closeEpoch } = measurement;
    measurement.observeServer = (server, totals, rate) => {
      looks.push([server, { ...totals }, rate]);
      observeServer.call(measurement, server, totals, rate);
    };
    measurement.closeEpoch = (now, fleet) => {
      // Looks come before the epoch that they belong to: a moment earlier, as far as a sort can tell.
      for (const [server, totals, rate] of looks) scraper.server(now - 1e-3, server, totals, rate);
      looks = [];
      scraper.dispatcher(now, fleet, experiment.system);
      closeEpoch.call(measurement, now, fleet);
    };
    return measurement;
  };
  return { ...experiment, measure };
}

describe("a run played again from what was scraped of it", () => {
  it.each([
    ["rate-scaling", { servers: "10" }],
    ["utility", {}],
    ["fleet", { classes: "2x1.5,2x1", policy: "jsq", load: "0.7", slo: "1.7", percentilesBy: "class" }],
  ])("gives the very figures of the run itself: %s", (name, settings) => {
    const scraper = new Scraper();
    const experiment = scenarioNamed(name).configure(settings, "scraped");
    const run = new Run(scrapedBy(scraper, experiment), {
      warmUpTime: 50,
      measuringTime: 400,
      familyConfidence: CONFIDENCE,
    });
    new Twin({ system: experiment.system, run, seed: "scraped" }).finish();
    const replayed = replayScrapes(experiment, scraper.all(), TIME_UNIT_SECONDS, { familyConfidence: CONFIDENCE });
    expect(replayed.measuredTime).toBeCloseTo(400, 3);
    const again = replayed.run.evidence();
    for (const [i, { name: quantity, measured, ciLow, ciHigh, verdict }] of run.evidence().entries()) {
      const close = (value: number | null, expected: number | null): void => {
        if (expected === null) expect(value, quantity).toBeNull();
        // Seconds since 1970 have seven digits after the point in a double.
        else
          expect(Math.abs((value ?? Number.NaN) - expected), quantity).toBeLessThanOrEqual(
            1e-5 * Math.max(1, Math.abs(expected)),
          );
      };
      expect(again[i].name).toBe(quantity);
      if (IN_BUCKETS.test(quantity)) {
        // Not known as exactly, and not claimed to be: the interval is around that of the run, by a bucket or two.
        const [low, high] = [again[i].ciLow ?? 0, again[i].ciHigh ?? Number.POSITIVE_INFINITY];
        expect(low, quantity).toBeLessThanOrEqual(1.01 * (ciLow ?? 0) + 1e-9);
        expect(high, quantity).toBeGreaterThanOrEqual(0.99 * (ciHigh ?? 0));
        const error = 0.13 * (measured ?? Number.NaN) + 0.02;
        expect(Math.abs((again[i].measured ?? Number.NaN) - (measured ?? Number.NaN)), quantity).toBeLessThan(error);
        continue;
      }
      close(again[i].measured, measured);
      close(again[i].ciLow, ciLow);
      close(again[i].ciHigh, ciHigh);
      expect(again[i].verdict, quantity).toBe(verdict);
    }
  });

  it("is void where a counter went back or a server left, and refused where too little was scraped", () => {
    const experiment = scenarioNamed("rate-scaling").configure({ servers: "2" }, "1");
    const scrapes = (change: (scraper: Scraper, time: number) => void): Series[] => {
      const scraper = new Scraper();
      const run = new Run(scrapedBy(scraper, experiment), {
        warmUpTime: 5,
        measuringTime: 50,
        familyConfidence: CONFIDENCE,
      });
      new Twin({ system: experiment.system, run, seed: "1" }).finish();
      change(scraper, 100);
      return scraper.all();
    };
    const replay = (series: readonly Series[]) =>
      replayScrapes(experiment, series, TIME_UNIT_SECONDS, { familyConfidence: CONFIDENCE });
    const started = replay(
      scrapes((scraper, time) => {
        scraper.add(time, "equipoise_jobs_offered_total", 0);
        scraper.add(time, "equipoise_run_measuring", 1);
        scraper.add(time, "equipoise_servers", 2);
      }),
    );
    expect(started.run.whyVoid()).toBe("the dispatcher was restarted");
    const server = replay(
      scrapes((scraper, time) => scraper.add(time, "equipoise_server_work_done_total", 0, { server: "1" })),
    );
    expect(server.run.whyVoid()).toBe("server 1 was restarted");
    const warm = scrapes((scraper, time) => scraper.add(time, "equipoise_run_measuring", 0));
    expect(() => replay(warm)).toThrow("the window holds fewer than two scrapes of a measuring dispatcher");
    const blind = scrapes(() => undefined).filter(({ labels }) => labels.server !== "1");
    expect(() => replay(blind)).toThrow("metrics of 1 of 2 servers were scraped");
  });
});
