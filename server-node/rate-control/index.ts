import { parseRateCost, parseSojournCost } from "../../model/cost-functions.js";
import type { RateControlModel } from "../../model/server-model.js";
import { fixedRate } from "./fixed.js";
import { idleTimeRule } from "./idle-time-rule.js";
import type { RateControl } from "./rate-control.js";

/** The rate control of a model. One object may be shared by any number of servers of a thread. */
export function rateControlFor(model: RateControlModel): RateControl {
  if (model.kind === "fixed") return fixedRate();
  return idleTimeRule(parseSojournCost(model.costG), parseRateCost(model.costH), model.inverseStep);
}
