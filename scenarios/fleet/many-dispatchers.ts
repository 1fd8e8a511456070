import { tokensOfJiq } from "../../experiments/routing.js";
import type { Division } from "../../experiments/scenario.js";
import type { ModelTime } from "../../model/units.js";
import { type Prediction, predicted } from "../../theory/prediction.js";
import { jiqManyDispatchers, MOST_PER_DISPATCHER } from "../../theory/queues/jiq-many-dispatchers.js";
import type { FleetQuantity } from "./quantities.js";
import type { FleetSystem } from "./system.js";

const SOURCE =
  "tokens at one of many dispatchers, as the servers become many (after Lu et al. 2011, withdrawn tokens included); error of order 1/n, calibrated";

/**
 * How many servers n add to the jobs per server, times n (1 - load) / load, at most: in simulations of 20 to 200 servers, 1 to 20 of them for
 * each dispatcher, at loads of 0.5 to 0.9, it was -0.2 to 0.9.
 */
const ERROR = 1.5;
const LEAST_SERVERS = 20;
const GREATEST_LOAD = 0.9;
const MOST_SERVERS_EACH = 20;

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
  const { meanQueue } = jiqManyDispatchers(load, perDispatcher);
  const whyOutside = views === "local" ? "no server tells a dispatcher that it is idle" : whyNoChain;
  const isCalibrated =
    servers >= LEAST_SERVERS && load <= GREATEST_LOAD && perDispatcher >= 1 && perDispatcher <= MOST_SERVERS_EACH;
  const error = (ERROR * load) / (1 - load) / servers;
  const claim = (value: number, modelError: number): Prediction =>
    predicted(isCalibrated ? "refined" : "heuristic", { value }, SOURCE, { modelError, whyOutside });
  return [
    ["mean_queue_length", claim(meanQueue, error + arrivalRate * messageDelay)],
    ["mean_sojourn_time", claim(meanQueue / arrivalRate, error / arrivalRate + messageDelay)],
    ["mean_waiting_time", claim((meanQueue - load) / arrivalRate, error / arrivalRate + messageDelay)],
  ];
}
