import { parseRateCost, parseSojournCost } from "../../../model/cost-functions.js";
import type { InverseStep, RateScaling } from "../../../theory/rate-scaling/rate-scaling.js";

/**
 * Long simulations of the rule (2.2) itself, by a program that is not part of this project: n servers, JIQ, unit buffers, the
 * rates integrated between events by a Runge-Kutta method of order 4. Time averages over 3e7 to 1.5e8 server time units, each
 * followed by its standard error from 60 batches.
 *
 * servers arrivalRate inverseStep g h messageDelay mean-rate +- deviation +- idle-time +- blocked-fraction +- (law of delay)
 */
const TABLE = `
25 0.8 50 reciprocal power:0.1,2 0 1.582564 5.4e-05 0.0355727 2.7e-05 0.633202 0.00011 0.0007323 5e-06
25 0.8 100 reciprocal power:0.1,2 0 1.582030 5.2e-05 0.0254003 2.1e-05 0.632489 0.0001 0.0007359 5e-06
25 0.8 500 reciprocal power:0.1,2 0 1.581502 5.1e-05 0.0114528 1.8e-05 0.632097 0.0001 0.0007382 4.7e-06
25 0.8 100 reciprocal power:0.1,2 0.05 1.591089 5.8e-05 0.0237308 2.1e-05 0.614361 0.00011 0.0017185 5.6e-06 constant
25 0.8 100 reciprocal power:0.1,2 0.05 1.590512 6e-05 0.0237390 1.9e-05 0.615489 0.00012 0.0017130 6.9e-06 exponential
25 0.8 100 reciprocal power:0.1,2 0.02 1.585760 4.9e-05 0.0247124 2.4e-05 0.624965 9.7e-05 0.0010374 6.1e-06 constant
25 0.8 100 reciprocal power:0.1,2 0.02 1.585608 5.3e-05 0.0247257 2.3e-05 0.625268 0.00011 0.0010435 5.3e-06 exponential
25 0.5 100 shifted-reciprocal power:0.05,3 0 0.937249 4e-05 0.0194029 1.7e-05 0.959775 0.00021 0.0014125 7.5e-06
2 0.8 100 reciprocal power:0.1,2 0 1.453703 5.9e-05 0.0337201 2.7e-05 0.944689 0.00017 0.2238107 5.1e-05
2 0.3 100 reciprocal power:0.1,2 0 1.113971 7.7e-05 0.0677437 4.5e-05 2.808320 0.00078 0.0864935 5.6e-05
2 1.2 100 reciprocal power:0.1,2 0 1.600290 5.2e-05 0.0243365 2.6e-05 0.596719 0.0001 0.3103622 4.4e-05
7 0.3 100 reciprocal power:0.1,2 0 1.146180 7e-05 0.0636356 4.9e-05 2.514587 0.00065 0.0022368 1.1e-05
7 0.6 100 reciprocal power:0.1,2 0 1.424349 6.7e-05 0.0365771 3.5e-05 1.034797 0.00022 0.0204200 2.9e-05
7 1.2 100 reciprocal power:0.1,2 0 1.736987 5.8e-05 0.0186716 2.4e-05 0.378958 7.7e-05 0.1103098 4.3e-05
10 0.3 100 reciprocal power:0.1,2 0 1.148088 7.4e-05 0.0632297 4e-05 2.498060 0.00065 0.0003091 4.2e-06
10 1.2 100 reciprocal power:0.1,2 0 1.762122 5.7e-05 0.0176661 2e-05 0.346822 7.1e-05 0.0711835 4.1e-05
50 0.3 100 reciprocal power:0.1,2 0 1.150428 7.4e-05 0.0626280 4e-05 2.477618 0.00064 0.0000000 0
50 1.2 100 reciprocal power:0.1,2 0 1.811217 6.4e-05 0.0146022 1.9e-05 0.289688 7.2e-05 0.0013742 7.5e-06
50 0.8 50 reciprocal power:0.1,2 0 1.585691 7.6e-05 0.0346587 2.5e-05 0.626779 0.00015 0.0000048 4.9e-07
50 0.8 20 reciprocal power:0.1,2 0 1.587297 7.2e-05 0.0535566 2.8e-05 0.628509 0.00015 0.0000040 4.1e-07
50 0.5 50 shifted-reciprocal power:0.05,3 0 0.939755 5.2e-05 0.0262595 2.1e-05 0.950411 0.00027 0.0000153 1e-06
50 0.5 50 reciprocal power:0.05,3 0 1.353721 5.4e-05 0.0468279 2.7e-05 1.271136 0.00032 0.0000000 0
2 0.8 500 reciprocal power:0.1,2 0 1.452765 5.8e-05 0.0153168 2.7e-05 0.943410 0.00017 0.2239613 5.5e-05
100 0.025 100 reciprocal power:0.1,2 0 0.573129 7.5e-05 0.1389008 4e-05 38.583651 0.027 0.0000000 0
100 0.05 100 reciprocal power:0.1,2 0 0.687139 7.5e-05 0.1269979 4.2e-05 18.774238 0.01 0.0000000 0
100 0.1 100 reciprocal power:0.1,2 0 0.827703 6.7e-05 0.1075921 3.5e-05 8.894665 0.0031 0.0000000 0
100 0.2 100 reciprocal power:0.1,2 0 1.013323 7.1e-05 0.0807353 3.8e-05 4.039702 0.0012 0.0000000 0
100 0.8 10 reciprocal power:0.1,2 0 1.590724 0.0001 0.0722740 5.1e-05 0.629069 0.00021 0.0000000 0
100 0.025 1000 reciprocal power:0.1,2 0 0.533098 7.9e-05 0.0823767 5e-05 38.321471 0.027 0.0000000 0
25 0.8 100 reciprocal power:0.1,2 0.15 1.606127 9.1e-05 0.0204925 3.4e-05 0.585257 0.00017 0.0067416 2.2e-05 constant
25 0.8 100 reciprocal power:0.1,2 0.15 1.601897 0.00011 0.0207126 3.1e-05 0.593238 0.0002 0.0068796 2.1e-05 exponential
100 0.5 20 shifted-reciprocal power:0.05,3 0 0.941797 7.7e-05 0.0393959 3.8e-05 0.950657 0.00042 0.0000000 0
100 0.5 5 shifted-reciprocal power:0.05,3 0 0.946695 7.4e-05 0.0692741 3.9e-05 0.970250 0.00044 0.0000000 0
100 0.2 20 shifted-reciprocal power:0.05,3 0 0.698111 0.0001 0.0737930 5.1e-05 3.639123 0.0023 0.0000000 0
100 0.2 100 shifted-reciprocal power:0.05,3 0 0.688344 0.00011 0.0399270 5.8e-05 3.571683 0.0024 0.0000000 0
100 0.1 50 reciprocal power:0.05,3 0 0.941861 0.00012 0.1099572 7.8e-05 9.038556 0.0072 0.0000000 0
100 0.2 100 reciprocal power:0.02,4 0 1.210199 0.0001 0.0590112 6.5e-05 4.187960 0.0024 0.0000000 0
100 0.4 5 reciprocal power:0.1,2 0 1.295749 0.00011 0.1525272 5.2e-05 1.780514 0.00073 0.0000000 0
100 0.1 20 shifted-reciprocal power:0.2,2 0 0.190249 7.7e-05 0.0676974 3.9e-05 5.581432 0.0061 0.0000000 0
`;

export interface SimulatedRates {
  readonly name: string;
  readonly system: RateScaling & InverseStep & { readonly messageDelay: number };
  readonly mean: Estimate;
  readonly deviation: Estimate;
  readonly idleTime: Estimate;
  readonly blocked: Estimate;
}

export interface Estimate {
  readonly value: number;
  readonly error: number;
}

export const simulatedRates: readonly SimulatedRates[] = TABLE.trim()
  .split("\n")
  .map((line) => {
    const [n, lambda, m, g, h, d, ...estimates] = line.split(" ");
    const estimate = (i: number): Estimate => ({
      value: Number(estimates[2 * i]),
      error: Number(estimates[2 * i + 1]),
    });
    return {
      name: `n ${n}, lambda ${lambda}, m ${m}, ${g}, ${h}, delay ${d} ${estimates[8] ?? ""}`.trim(),
      system: {
        servers: Number(n),
        arrivalRate: Number(lambda),
        inverseStep: Number(m),
        g: parseSojournCost(g),
        h: parseRateCost(h),
        messageDelay: Number(d),
      },
      mean: estimate(0),
      deviation: estimate(1),
      idleTime: estimate(2),
      blocked: estimate(3),
    };
  });
