import type { ServerTotals } from "../model/totals.js";
import type { Rate } from "../model/units.js";
import { JobObservations } from "./job-observations.js";
import type { RunConditions } from "./scenario.js";
import { ServerObservations } from "./server-observations.js";

/** Common base of all measurements: increments of job and server totals per epoch. */
export abstract class ObservingMeasurement {
  protected readonly jobs = new JobObservations();
  protected readonly servers = new ServerObservations();

  get epochs(): number {
    return this.jobs.epochs;
  }

  get lost(): number {
    return this.jobs.lost;
  }

  observeServer(server: number, totals: Readonly<ServerTotals>, _rate: Rate): void {
    this.servers.observe(server, totals);
  }

  forgetServer(server: number): void {
    this.servers.forget(server);
  }

  conditions(): RunConditions {
    return this.jobs.conditions();
  }
}
