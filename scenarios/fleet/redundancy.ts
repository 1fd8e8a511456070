import type { Copies } from "../../policies/policy.js";
import { redundancySojourn } from "../../theory/power-of-d/redundancy.js";
import { exact, type Prediction } from "../../theory/prediction.js";
import type { FleetQuantity } from "./quantities.js";
import type { FleetSystem } from "./system.js";

const SOURCE = "redundancy-d with independent exponential copies (Gardner et al. 2017, Theorem 1)";

/**
 * What is known of copies at `d` of equal servers, all but the first to be done cancelled. While a job is in the system it has a copy at each of
 * its servers, so that these hold d times as many copies as there are jobs; and each busy server completes jobs at its rate.
 *
 * @param whyNoChain why arrivals, sizes or servers are none of the theorem's
 */
export function copiesCancelled(
  { arrivalRate, rates, buffer }: FleetSystem,
  { d, copies }: { readonly d: number; readonly copies: Copies["sizes"] },
  whyNoChain: string | undefined,
): [FleetQuantity, Prediction][] {
  const [rate] = rates;
  const load = arrivalRate / rate;
  const known: [FleetQuantity, Prediction][] = Number.isFinite(buffer)
    ? []
    : [["blocked_fraction", exact(0, "buffers are infinite")]];
  if (rates.some((one) => one !== rate) || load >= 1 || Number.isFinite(buffer)) return known;
  const isAlike = copies === "identical" && d > 1;
  const whyOutside = isAlike
    ? "all copies are as large as their job; the result is for sizes of their own"
    : whyNoChain;
  const choices = Math.min(d, rates.length);
  const sojournTime = redundancySojourn(rates.length, choices, load) / rate;
  return [
    ...known,
    ["mean_sojourn_time", exact(sojournTime, SOURCE, { whyOutside })],
    ["mean_queue_length", exact(choices * arrivalRate * sojournTime, `${SOURCE}, counting copies`, { whyOutside })],
    ["busy_fraction", exact(load, "every busy server completes jobs at its rate", { whyOutside })],
  ];
}
