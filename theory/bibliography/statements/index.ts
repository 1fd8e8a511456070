import { jfsqZeroWaiting } from "./jfsq-zero-waiting.js";
import { jsqHeavyTraffic } from "./jsq-heavy-traffic.js";
import type { Paper } from "./paper.js";
import { rateScaling } from "./rate-scaling.js";
import { spatialGraphs } from "./spatial-graphs.js";
import { utility } from "./utility.js";

/** The papers that the scenarios are about, with all their statements. */
export const papers: readonly Paper[] = [rateScaling, jsqHeavyTraffic, jfsqZeroWaiting, utility, spatialGraphs];
