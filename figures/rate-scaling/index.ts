import type { Reference } from "../../theory/bibliography/index.js";
import type { FigureSource } from "../figure.js";
import { serversDieFigure } from "./servers-die.js";
import { steadyStateFigure } from "./steady-state.js";
import { trajectoryFigure } from "./trajectories.js";
import { unequalRatesFigure } from "./unequal-rates.js";

const PAPER: Reference = "Rutten, Zubeldia and Mukherjee (2023)";

/** Common to Figures 3 to 5. */
const FROM_THE_START = { servers: "50", inverseStep: "500", arrivalRate: "0.8", initialRates: "uniform:0,2" };
/** Jobs at each server at the start of Figure 5. The paper does not give the number; with this one, rates overshoot clearly. */
const BACKLOG = 1000;

const INFINITE = "infinite";
const OPEN = `${PAPER}, section 3: infinite buffers are left to future research`;
const LIKE_UNIT_BUFFERS =
  "with infinite buffers rates are said to be indistinguishable from those with unit buffers, for which the predictions are. No theorem covers them.";

/** What the theorems leave open: the steady state where servers have infinite buffers. */
const INFINITE_BUFFERS: readonly FigureSource[] = [
  steadyStateFigure({
    id: "rate-scaling/infinite-n",
    title: "Infinite buffers: rates in steady state against the number of servers",
    source: OPEN,
    claim: LIKE_UNIT_BUFFERS,
    parameters: { arrivalRate: "0.8", inverseStep: "100", buffer: INFINITE },
    varied: "servers",
    axis: { label: "number of servers n", unit: "", scale: "linear", min: 0, max: 100 },
    simulatedAt: [2, 3, 5, 10, 25, 50, 100],
    predictedAt: [2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 35, 50, 70, 100],
  }),
  steadyStateFigure({
    id: "rate-scaling/infinite-m",
    title: "Infinite buffers: rates in steady state against the inverse step size",
    source: OPEN,
    claim: LIKE_UNIT_BUFFERS,
    parameters: { servers: "20", arrivalRate: "0.8", buffer: INFINITE },
    varied: "inverseStep",
    axis: { label: "inverse step size m", unit: "", scale: "linear", min: 0, max: 200 },
    simulatedAt: [10, 20, 50, 100, 200],
    predictedAt: [10, 12, 15, 20, 30, 40, 50, 70, 100, 150, 200],
  }),
  steadyStateFigure({
    id: "rate-scaling/infinite-load",
    title: "Infinite buffers: rates in steady state against the arrival rate",
    source: OPEN,
    claim:
      "with infinite buffers, too, rates come to the optimum (5 lambda)^(1/3), in simulations. Predictions are those for unit buffers, " +
      "where blocked jobs leave them lower at high loads; the optimum exceeds lambda up to lambda = 2.24.",
    parameters: { servers: "20", inverseStep: "100", buffer: INFINITE },
    varied: "arrivalRate",
    axis: { label: "arrival rate per server lambda", unit: "per time unit", scale: "linear", min: 0 },
    simulatedAt: [0.4, 0.8, 1.2, 1.6, 1.8, 2, 2.1],
    predictedAt: [0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.7, 1.8, 1.9, 2, 2.1],
  }),
];

/** Numerical results of the paper, section 3. Costs are the defaults of the scenario, g = 1/x and h = 0.1 x^2. */
export const rateScalingFigures: readonly FigureSource[] = [
  steadyStateFigure({
    id: "rate-scaling/1",
    title: "Rates in steady state against the number of servers",
    source: `${PAPER}, Figure 1`,
    claim:
      "the mean approaches the optimum (5 lambda)^(1/3) = 1.587 as servers are added, and is near it with 25 of them; the " +
      "percentiles do not approach the mean as n grows.",
    parameters: { arrivalRate: "0.8", inverseStep: "500" },
    varied: "servers",
    axis: { label: "number of servers n", unit: "", scale: "linear", min: 0, max: 100 },
    simulatedAt: [2, 3, 5, 7, 10, 15, 20, 25, 35, 50, 65, 80, 100],
    predictedAt: [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 25, 30, 35, 40, 50, 60, 70, 80, 90, 100],
  }),
  steadyStateFigure({
    id: "rate-scaling/2a",
    title: "Rates in steady state against the inverse step size",
    source: `${PAPER}, Figure 2a`,
    claim: "the percentiles approach the mean as the step size decreases.",
    parameters: { servers: "100", arrivalRate: "0.8" },
    varied: "inverseStep",
    axis: { label: "inverse step size m", unit: "", scale: "linear", min: 0, max: 500 },
    simulatedAt: [10, 20, 35, 50, 75, 100, 150, 200, 250, 300, 350, 400, 450, 500],
    predictedAt: [10, 12, 15, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 350, 400, 450, 500],
  }),
  steadyStateFigure({
    id: "rate-scaling/2b",
    title: "Rates in steady state against the arrival rate",
    source: `${PAPER}, Figure 2b`,
    claim:
      "the mean follows the optimum (5 lambda)^(1/3), and the percentiles are closer to it at higher arrival rates. Below 0.3 steps are too " +
      "large to derive the percentiles, which there come from a curve fitted to simulations.",
    parameters: { servers: "100", inverseStep: "100" },
    varied: "arrivalRate",
    axis: { label: "arrival rate per server lambda", unit: "per time unit", scale: "linear", min: 0, max: 1.5 },
    simulatedAt: [0.025, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 1.05, 1.2, 1.35, 1.5],
    predictedAt: [0.025, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.125, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 1.25, 1.5],
  }),
  trajectoryFigure({
    id: "rate-scaling/3",
    title: "Unit buffers, starting empty",
    source: `${PAPER}, Figure 3`,
    claim: "all rates converge to the optimum, whatever their initial values.",
    parameters: { ...FROM_THE_START, buffer: "1" },
    until: 5000,
  }),
  trajectoryFigure({
    id: "rate-scaling/4",
    title: "Infinite buffers, starting empty",
    source: `${PAPER}, Figure 4`,
    claim:
      "rates are indistinguishable from those with unit buffers: queues build up only briefly at the start; later servers rarely have " +
      "more than one job.",
    parameters: { ...FROM_THE_START, buffer: "infinite" },
    until: 5000,
  }),
  trajectoryFigure({
    id: "rate-scaling/5",
    title: "Infinite buffers, starting with a backlog",
    source: `${PAPER}, Figure 5`,
    claim:
      "servers run as if overloaded while the backlog lasts, so their rates overshoot the optimum; then they return to it.",
    parameters: { ...FROM_THE_START, buffer: "infinite", start: `backlog:${BACKLOG}` },
    until: 8000,
  }),
  ...INFINITE_BUFFERS,
  unequalRatesFigure,
  serversDieFigure({
    id: "rate-scaling/servers-die",
    title: "A tenth of the servers fail",
    parameters: { servers: "50", arrivalRate: "0.8", inverseStep: "100", initialRates: "constant:1.5874" },
    deaths: { servers: 5, time: 500 },
    until: 2000,
  }),
];
