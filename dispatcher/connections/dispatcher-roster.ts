import type { Run } from "../../experiments/run.js";
import type { Channel } from "../../live/wire/channel.js";
import type { Changes, DispatcherHello, FromDispatcher, ShareReport, ToDispatcher } from "../../live/wire/messages.js";
import { PeerError } from "../../model/errors.js";
import type { ModelTime } from "../../model/units.js";
import type { SharedFleet } from "../core/shared-fleet.js";
import type { RunWatch } from "../observation/run-watch.js";
import type { Peer, PeerSessions } from "./peer-sessions.js";

/** A dispatcher that is connected, or was. */
export interface DispatcherConnection extends Peer {
  readonly number: number;
  report: ShareReport | undefined;
}

/** The other dispatchers, as the first of them knows them: it measures them all. */
export class DispatcherRoster {
  private readonly others = new Map<number, DispatcherConnection>();
  /** What was changed by hand; undefined if nothing was. */
  private changes: Changes | undefined;

  /** @param dispatchers how many there are, this one included */
  constructor(
    private readonly dispatchers: number,
    private readonly fleet: SharedFleet,
    private readonly run: Run,
    private readonly watch: RunWatch,
    private readonly sessions: PeerSessions,
    private readonly onReady: () => void,
  ) {}

  /** Whether all others are connected and have all their servers and a load generator. */
  get isComplete(): boolean {
    const ready = [...this.others.values()].filter(({ channel, report }) => channel !== undefined && report?.isReady);
    return ready.length === this.dispatchers - 1;
  }

  /** Numbers of those that are not connected. */
  get missing(): number[] {
    const numbers = Array.from({ length: this.dispatchers - 1 }, (_, i) => 1 + i);
    return numbers.filter((number) => this.others.get(number)?.channel === undefined);
  }

  /** The longest time for which any of them has held load generators back. */
  get heldBackTime(): ModelTime {
    return Math.max(0, ...[...this.others.values()].map(({ report }) => report?.heldBackTime ?? 0));
  }

  /** Handles a dispatcher's hello. Throws PeerError if there is no such dispatcher, or it is already connected. */
  joined({ number, session }: DispatcherHello, channel: Channel): DispatcherConnection {
    if (number < 1 || number >= this.dispatchers)
      throw new PeerError(`is dispatcher ${number} of ${this.dispatchers}, counted from 0`);
    const known = this.others.get(number);
    if (known?.channel !== undefined && known.process !== session.process)
      throw new PeerError(`is dispatcher ${number}, which is already connected`);
    const resumed = known !== undefined && this.sessions.resumes(known, session);
    if (known !== undefined && known.process !== session.process) this.replaced(number);
    const dispatcher = (resumed ? known : undefined) ?? {
      ...this.sessions.newPeer(`dispatcher ${number}`, session),
      number,
      report: undefined,
    };
    this.others.set(number, dispatcher);
    this.sessions.welcome(dispatcher, channel, resumed, session.received);
    if (this.changes !== undefined) channel.send({ type: "changes", ...this.changes } satisfies ToDispatcher);
    return dispatcher;
  }

  /** Has the others make changes: at once, and whenever one of them connects. */
  change(changes: Changes): void {
    this.changes = changes;
    const message: ToDispatcher = { type: "changes", ...changes };
    for (const { channel } of this.others.values()) channel?.send(message);
  }

  /** A connection has ended. */
  left(dispatcher: DispatcherConnection, channel: Channel, reason: string): void {
    if (!this.sessions.left(dispatcher, channel)) return;
    this.fault(`${dispatcher.name} left (${reason})`);
  }

  received(dispatcher: DispatcherConnection, message: FromDispatcher): void {
    if (message.type === "beat") this.sessions.beat(dispatcher, message.received, 0);
    else if (message.type === "received") dispatcher.session.acknowledge(message.frames);
    else this.reported(dispatcher, message);
  }

  /** Closes the connections of dispatchers whose heartbeats have stopped. */
  tick(): void {
    for (const dispatcher of this.others.values())
      if (dispatcher.channel !== undefined && this.sessions.isSilent(dispatcher))
        dispatcher.channel.terminate("no sign of life");
  }

  private reported(dispatcher: DispatcherConnection, report: ShareReport): void {
    const { totals, inFlight, views, information, sojournTimes, whyVoid } = report;
    dispatcher.report = report;
    this.fleet.times.addBins(report.times);
    this.fleet.reported(dispatcher.number, { totals, inFlight, viewTotals: views ?? undefined, information });
    this.watch.jobsCompleted(sojournTimes);
    if (report.isReady) this.onReady();
    if (whyVoid !== null && this.run.phase !== "finished") this.run.voidBecause(`${dispatcher.name}: ${whyVoid}`);
  }

  private replaced(number: number): void {
    this.fault(`dispatcher ${number} was restarted`);
  }

  private fault(what: string): void {
    if (this.run.phase === "waiting" || this.run.phase === "finished") return;
    this.watch.happened("fault", what);
    this.run.fault(`${what} while measuring; start again`);
  }
}
