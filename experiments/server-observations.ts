import {
  addServerTotals,
  copyServerTotals,
  noServerTotals,
  type ServerTotals,
  subtractServerTotals,
} from "../model/totals.js";

/** Increments of server totals between observations. */
export class ServerObservations {
  /** By server: its totals when last observed. */
  private readonly previousOf: (ServerTotals | undefined)[] = [];
  private readonly sinceLast = noServerTotals();
  private sums = noServerTotals();

  /** The increments since the server's last observation, to be read before the next call; undefined the first time. */
  observe(server: number, totals: Readonly<ServerTotals>): Readonly<ServerTotals> | undefined {
    const previous = this.previousOf[server];
    if (previous === undefined) {
      this.previousOf[server] = { ...totals };
      return undefined;
    }
    subtractServerTotals(this.sinceLast, totals, previous);
    addServerTotals(this.sums, this.sinceLast);
    copyServerTotals(previous, totals);
    return this.sinceLast;
  }

  /** The server has left; if it comes back, its totals restart from 0. */
  forget(server: number): void {
    this.previousOf[server] = undefined;
  }

  /** The increments, summed over servers, since the last epoch was closed. */
  closeEpoch(): ServerTotals {
    const { sums } = this;
    this.sums = noServerTotals();
    return sums;
  }
}
