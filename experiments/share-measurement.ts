import { ObservingMeasurement } from "./observing-measurement.js";
import type { FleetView, Measured, Measurement } from "./scenario.js";

/** The measurement of a dispatcher that is not the one to measure: only what may make the run void. */
export class ShareMeasurement extends ObservingMeasurement implements Measurement {
  closeEpoch(_now: number, { totals }: FleetView): void {
    this.jobs.closeEpoch(totals);
    this.servers.closeEpoch();
  }

  measured(): ReadonlyMap<string, Measured> {
    return new Map();
  }
}
