import type { SystemModel } from "../experiments/scenario.js";
import { Generator, randomTypes } from "../load-generator/generator.js";
import type { ArrivalProcess } from "../model/arrivals/arrival-process.js";
import { arrivalProcess, rateScheduleNamed } from "../model/arrivals/index.js";
import { poissonArrivals } from "../model/arrivals/poisson.js";
import { exponentialJobSizes } from "../model/job-sizes/exponential.js";
import { type RandomStream, randomStream } from "../model/random.js";

/** The jobs of the live load generator. */
export function jobsOf(system: SystemModel, seed: string): Generator {
  const arrivals = arrivalsOf(system, randomStream(seed, "arrivals"));
  const works = (system.sizes ?? exponentialJobSizes).sequence(randomStream(seed, "works"));
  return new Generator(
    arrivals,
    works,
    0,
    system.backlog,
    randomTypes(system.graph?.taskTypes ?? system.keys ?? 1, seed),
  );
}

/** The arrivals of the live load generator. */
function arrivalsOf(system: SystemModel, random: RandomStream): ArrivalProcess {
  const { totalArrivalRate, arrivalSchedule, arrivals = { at: poissonArrivals } } = system;
  const rate = arrivalSchedule === undefined ? totalArrivalRate : rateScheduleNamed(arrivalSchedule);
  return arrivalProcess(arrivals, rate, random);
}
