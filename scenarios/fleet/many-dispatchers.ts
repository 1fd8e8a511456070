import { tokensOfJiq } from "../../experiments/routing.js";
import type { Division } from "../../experiments/scenario.js";
import type { ModelTime } from "../../model/units.js";
import { type Prediction, predicted } from "../../theory/prediction.js";
import { jiqManyDispatchers, MOST_PER_DISPATCHER } from "../../theory/queues/jiq-many-dispatchers.js";
import type { FleetQuantity } from "./quantities.js";
import type { FleetSystem } from "./system.js";

const SOURCE =
  "tokens at one of many dispatchers, as the servers become many (after Lu et al. 2011, withdrawn tokens and message delays included); " +
  "error of order 1/n, and a quarter of what the delay does, calibrated";

/**
 * How many servers n add to the jobs per server, times n (1 - load) / load, at most. In 234 simulations at drawn settings of 20 to 1000 servers,
 * 2 to 100 dispatchers with a server each at least, loads of 0.3 to 0.95 and message delays of 0 to 0.5 per job, constant and
 * exponential ones, no mean queue was certainly off by more than two thirds of the whole error.
 */
const ERROR = 1.5;
/** Of what the message delay does, the part that may be wrong: its law is not known, and the theory is for short delays. */
const ERROR_OF_DELAY = 0.25;
const LEAST_SERVERS = 20;
const GREATEST_LOAD = 0.95;

/**
 * What is known of jiq where an idle server gives its token to one of several dispatchers.
 *
 * @param whyNoChain why arrivals, sizes or servers are none of the theory's
 */
export function manyDispatchers(
  { arrivalRate, rates, policy }: FleetSystem,
  { dispatchers, views }: Division,
  messageDelay: ModelTime,
  whyNoChain: string | undefined,
): [FleetQuantity, Prediction][] {
  const [rate] = rates;
  const load = arrivalRate / rate;
  const servers = rates.length;
  const perDispatcher = servers / dispatchers;
  if (tokensOfJiq(policy) !== "one" || rates.some((one) => one !== rate) || load >= 1) return [];
  if (perDispatcher > MOST_PER_DISPATCHER) return [];
  const { meanQueue } = jiqManyDispatchers(load, perDispatcher, messageDelay * rate);
  const effect = meanQueue - jiqManyDispatchers(load, perDispatcher).meanQueue;
  const whyOutside = views === "local" ? "no server tells a dispatcher that it is idle" : whyNoChain;
  const isCalibrated = servers >= LEAST_SERVERS && load <= GREATEST_LOAD && perDispatcher >= 1;
  const error = (ERROR * load) / (1 - load) / servers + ERROR_OF_DELAY * effect;
  const claim = (value: number, modelError: number): Prediction =>
    predicted(isCalibrated ? "refined" : "heuristic", { value }, SOURCE, { modelError, whyOutside });
  return [
    ["mean_queue_length", claim(meanQueue, error)],
    ["mean_sojourn_time", claim(meanQueue / arrivalRate, error / arrivalRate)],
    ["mean_waiting_time", claim((meanQueue - load) / arrivalRate, error / arrivalRate)],
  ];
}
