import type { Channel } from "../live/channel.js";
import type { Clock } from "../live/clock.js";
import type { ClientSession } from "../live/messages.js";
import { Session } from "../live/session.js";
import type { ModelTime } from "../model/units.js";

/** The other end of a session, here or away. */
export interface Peer {
  readonly name: string;
  /** Identity of its process. */
  readonly process: string;
  readonly sessionNumber: number;
  readonly session: Session;
  /** Undefined while it is away. */
  channel: Channel | undefined;
  lastBeat: ModelTime;
}

export interface ReceptionOptions {
  readonly clock: Clock;
  /** Identity of this dispatcher. */
  readonly identity: string;
  /** Without a beat for so long, a process is taken for lost. */
  readonly leaseSeconds: number;
}

/** What is the same for all peers: sessions that begin, go on over a new connection, and live on beats. */
export class Reception {
  /** How long after its last beat a process is taken for lost. */
  readonly leaseTime: ModelTime;

  constructor(private readonly options: ReceptionOptions) {
    this.leaseTime = options.leaseSeconds / options.clock.timeUnitSeconds;
  }

  /** A peer with a session that begins. */
  newPeer(name: string, { process, number }: ClientSession): Peer {
    const { clock } = this.options;
    const session = new Session((flush) => clock.soon(flush));
    return { name, process, sessionNumber: number, session, channel: undefined, lastBeat: clock.now() };
  }

  /** Whether a hello is about the session of this peer. */
  resumes(peer: Peer, { process, number, dispatcher }: ClientSession): boolean {
    return peer.process === process && peer.sessionNumber === number && dispatcher === this.options.identity;
  }

  /** Whether a dispatcher is this one. */
  isThis(dispatcher: string | null): boolean {
    return dispatcher === this.options.identity;
  }

  /** Answers a hello; from now on the peer's session goes over this connection, and over no other. */
  welcome(peer: Peer, channel: Channel, resumed: boolean, received: number): void {
    const { clock, identity, leaseSeconds } = this.options;
    const before = peer.channel;
    peer.channel = channel;
    peer.lastBeat = clock.now();
    peer.session.detach();
    before?.terminate("it has connected again");
    channel.send({ type: "welcome", dispatcher: identity, resumed, received: peer.session.received, leaseSeconds });
    peer.session.attach(channel, resumed ? received : 0);
  }

  /** A peer is alive. */
  beat(peer: Peer, received: number, settled: number): void {
    peer.lastBeat = this.options.clock.now();
    peer.session.acknowledge(received);
    peer.session.flush();
    peer.channel?.send({ type: "beat", received: peer.session.received, settled });
  }

  /** Seconds since the last sign of life. */
  silence(peer: Peer): number {
    const { clock } = this.options;
    return clock.seconds(clock.now() - peer.lastBeat);
  }

  isSilent(peer: Peer): boolean {
    return this.options.clock.now() > peer.lastBeat + this.leaseTime;
  }

  /** A connection has ended. Returns whether the peer is away now: not if it has another one. */
  left(peer: Peer, channel: Channel): boolean {
    if (peer.channel !== channel) return false;
    peer.channel = undefined;
    peer.session.flush();
    peer.session.detach();
    return true;
  }
}
