import type { SystemModel } from "../experiments/scenario.js";
import { Generator, randomKeys } from "../load-generator/generator.js";
import type { ArrivalProcess } from "../model/arrivals/arrival-process.js";
import { arrivalProcess, rateScheduleNamed } from "../model/arrivals/index.js";
import { poissonArrivals } from "../model/arrivals/poisson.js";
import { exponentialJobSizes } from "../model/job-sizes/exponential.js";
import { type RandomStream, randomStream, uniformIndex } from "../model/random.js";

/**
 * The jobs of the live load generator; those of a trace from a random one of them on, so that replications are independent draws of what the
 * trace, repeated for ever, does.
 */
export function jobsOf(system: SystemModel, seed: string): Generator {
  const { trace } = system.arrivals ?? {};
  const first = trace === undefined ? undefined : uniformIndex(randomStream(seed, "trace"), trace.times.length);
  const arrivals = arrivalsOf(system, randomStream(seed, "arrivals"), first);
  const works = (system.sizes ?? exponentialJobSizes).sequence(randomStream(seed, "works"), first);
  return new Generator(
    arrivals,
    works,
    0,
    system.backlog,
    randomKeys(system.graph?.taskTypes ?? system.keys ?? 1, seed),
  );
}

function arrivalsOf(system: SystemModel, random: RandomStream, first: number | undefined): ArrivalProcess {
  const { totalArrivalRate, arrivalSchedule, arrivals = { at: poissonArrivals } } = system;
  const rate = arrivalSchedule === undefined ? totalArrivalRate : rateScheduleNamed(arrivalSchedule);
  return arrivalProcess(arrivals, rate, random, first);
}
