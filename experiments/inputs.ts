import { exponentialJobSizes } from "../model/job-sizes/exponential.js";
import type { JobSizeLaw } from "../model/job-sizes/job-size-law.js";
import type { Law } from "../model/law.js";
import { serverModelOf } from "../model/server-model.js";
import type { Estimate } from "../model/statistics/interval.js";
import { RatioSeries } from "../model/statistics/ratio-series.js";
import { ScvSeries } from "../model/statistics/scv-series.js";
import type { DispatcherTotals, ServerTotals } from "../model/totals.js";
import { difference } from "../model/totals.js";
import type { ModelTime, Rate } from "../model/units.js";
import { exact, type Prediction, predicted } from "../theory/prediction.js";
import { meanOf } from "./measured.js";
import { NOT_NEGATIVE, type QuantityDeclarations, type QuantityDefinition, quantitiesAt } from "./quantities.js";
import { integralsOf } from "./queue-integrals.js";
import type { Experiment, FleetView, Measured, SystemModel } from "./scenario.js";
import { ServerObservations } from "./server-observations.js";

/**
 * What a run is given. Its values are known exactly, and jobs are independent, so that an error of some percent is found here long before
 * it is in anything that follows.
 */
const declarations = {
  arrival_rate: {
    description: "jobs that arrive, per server",
    unit: "per time unit",
    range: NOT_NEGATIVE,
    role: "input",
  },
  mean_job_size: {
    description: "mean size of the jobs that arrive",
    unit: "time units",
    range: NOT_NEGATIVE,
    role: "input",
  },
  job_size_scv: {
    description: "squared coefficient of variation of the sizes of jobs",
    unit: "",
    range: NOT_NEGATIVE,
    role: "input",
    // Waiting times change by half of that.
    floor: 0.1,
  },
  relative_service_rate: {
    description: "work done by busy servers, over what their rates promise",
    unit: "",
    range: NOT_NEGATIVE,
    role: "input",
  },
} as const satisfies QuantityDeclarations;

export type InputQuantity = keyof typeof declarations;

/** Servers account for their work exactly, up to rounding. */
const ROUNDING = 1e-9;

/**
 * The mean and the variation of sizes are judged only up to these squared variations: beyond, single large jobs decide them, and
 * intervals do not hold.
 */
const GREATEST_SCV = { ofMean: 4, ofVariation: 1 };
/** Likewise the variation only up to this fourth moment, relative to that of the mean: that of exponential sizes, but for rounding. */
const GREATEST_FOURTH_MOMENT = 24.1;

/** The inputs that a run of this experiment can be held to. */
export function inputQuantities({ system }: Experiment): QuantityDefinition<InputQuantity>[] {
  return quantitiesAt(declarations, undefined).filter(
    ({ name }) =>
      name === "arrival_rate" ||
      (system.slots === undefined && (name !== "relative_service_rate" || system.server.rateControl.kind === "fixed")),
  );
}

/** Their exact values. */
export function inputPredictions(experiment: Experiment): Map<InputQuantity, Prediction[]> {
  const { totalArrivalRate, servers, arrivalSchedule, arrivals, sizes = exponentialJobSizes } = experiment.system;
  // What a run sees of a trace is no sample of it.
  const rate =
    arrivalSchedule === undefined && arrivals?.trace === undefined
      ? [exact(totalArrivalRate / servers, "the arrival rate asked for")]
      : [];
  const all: readonly [InputQuantity, Prediction[]][] = [
    ["arrival_rate", rate],
    ["mean_job_size", [ofSizes(sizes, sizes.mean, sizes.squaredVariation <= GREATEST_SCV.ofMean)]],
    ["job_size_scv", [ofSizes(sizes, sizes.squaredVariation, isEven(sizes))]],
    ["relative_service_rate", [exact(1, "the service rates asked for", { modelError: ROUNDING })]],
  ];
  const known = new Set(inputQuantities(experiment).map(({ name }) => name));
  return new Map(all.filter(([name]) => known.has(name)));
}

/** Whether the mean square of some thousand sizes is not decided by a few of them. */
function isEven(sizes: Law): boolean {
  return sizes.squaredVariation <= GREATEST_SCV.ofVariation && fourthMoment(sizes) <= GREATEST_FOURTH_MOMENT;
}

/** E[X^4] / E[X]^4, the integral of 4 x^3 P(X > x), by the trapezoidal rule in log x. */
function fourthMoment({ mean, distribution }: Law): number {
  const step = 0.02;
  let sum = 0;
  for (let t = -12; t < 12; t += step) sum += 4 * Math.exp(4 * t) * (1 - distribution(mean * Math.exp(t))) * step;
  return sum;
}

function ofSizes({ isInOrder }: JobSizeLaw, value: number, isKnownSoon: boolean): Prediction {
  const isJudged = isKnownSoon && isInOrder === undefined;
  return predicted(isJudged ? "exact" : "heuristic", { value }, "the law of the sizes asked for", {
    modelError: ROUNDING,
  });
}

/** Measures them, by epochs that are independent of each other. */
export class InputMeasurement {
  private readonly arrivals = new RatioSeries();
  private readonly sizes = new ScvSeries();
  private readonly service = new RatioSeries();
  private readonly servers = new ServerObservations();
  private previous: { now: ModelTime; totals: DispatcherTotals; integrals: readonly number[] } | undefined;
  /** Since the last epoch, as the servers report: work done, and what busy servers would have done at their rates. */
  private reported = { work: 0, capacity: 0 };

  constructor(private readonly system: SystemModel) {}

  observeServer(server: number, totals: Readonly<ServerTotals>, rate: Rate): void {
    const news = this.servers.observe(server, totals);
    if (news === undefined) return;
    this.reported.work += news.workDone;
    const { discipline, workers = 1 } = serverModelOf(this.system, server);
    // The time for which rates are delivered: by each worker, or to every job of a pool.
    const time = discipline === "pool" ? news.queueLengthIntegral : workers * news.busyTime;
    this.reported.capacity += (this.fixedRate ?? rate) * time;
  }

  forgetServer(server: number): void {
    this.servers.forget(server);
  }

  closeEpoch(now: ModelTime, fleet: FleetView): void {
    const { previous, system, reported } = this;
    // Those of a shared fleet are summed over its dispatchers whenever they are read.
    const { totals } = fleet;
    const integrals = integralsOf(now, fleet);
    this.previous = { now, totals: { ...totals }, integrals };
    this.reported = { work: 0, capacity: 0 };
    if (previous === undefined) return;
    const jobs = difference(totals, previous.totals);
    this.arrivals.add(jobs.offered, system.servers * (now - previous.now));
    if (jobs.work > 0) this.sizes.add(jobs.offered, jobs.work, jobs.squaredWork);
    const gained = integrals.map((integral, level) => integral - (previous.integrals[level] ?? 0));
    const isChain = totals.work === 0;
    const capacity = isChain && reported.capacity === 0 ? this.capacityOf(gained) : reported.capacity;
    // In a Markov chain jobs have no size, but there are as many completions as servers can give.
    if (capacity > 0) this.service.add(isChain ? jobs.completed : reported.work, capacity);
  }

  measured(): Map<InputQuantity, Measured> {
    const { arrivals = { text: "poisson" } } = this.system;
    const rate = arrivals.text === "poisson" ? this.arrivals.independentEstimate() : this.arrivals.estimate();
    const found = new Map<InputQuantity, Measured>([["arrival_rate", meanOf(rate)]]);
    if (this.sizes.epochs > 0) {
      found.set("mean_job_size", meanOf(uncertain(this.sizes.mean())));
      found.set("job_size_scv", meanOf(uncertain(this.sizes.scv())));
    }
    if (this.service.epochs > 0 && this.system.slots === undefined && this.system.server.rateControl.kind === "fixed") {
      found.set("relative_service_rate", meanOf(uncertain(this.service.independentEstimate())));
    }
    return found;
  }

  /** What servers that do not report would have done, from the time with at least so many jobs, by level. */
  private capacityOf(gained: readonly ModelTime[]): number {
    const isPool = this.system.server.discipline === "pool";
    return (this.fixedRate ?? 0) * (isPool ? gained.reduce((sum, time) => sum + time, 0) : (gained[1] ?? 0));
  }

  /** The rate that all servers should have; undefined if they have different ones, or change them. */
  private get fixedRate(): Rate | undefined {
    const { rateControl, initialRates } = this.system.server;
    return rateControl.kind === "fixed" && initialRates.law === "constant" ? initialRates.rate : undefined;
  }
}

/** The estimate with an error of at least what rounding makes: some laws do not vary. */
function uncertain(estimate: Estimate): Estimate {
  return { ...estimate, standardError: Math.max(ROUNDING, estimate.standardError) };
}
