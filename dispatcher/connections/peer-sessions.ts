import type { Clock } from "../../live/clock.js";
import type { Channel } from "../../live/wire/channel.js";
import type { ClientSession } from "../../live/wire/messages.js";
import { Session } from "../../live/wire/session.js";
import type { ModelTime } from "../../model/units.js";

/** The other end of a session, connected or not. */
export interface Peer {
  readonly name: string;
  /** Identity of its process. */
  readonly process: string;
  readonly sessionNumber: number;
  readonly session: Session;
  /** Undefined while it is disconnected. */
  channel: Channel | undefined;
  lastBeat: ModelTime;
}

export interface PeerSessionsOptions {
  readonly clock: Clock;
  /** Identity of this dispatcher. */
  readonly identity: string;
  /** Time without a heartbeat after which a process is considered lost. */
  readonly leaseSeconds: number;
}

/** Sessions of all kinds of peers: started, resumed over a new connection, and kept alive by heartbeats. */
export class PeerSessions {
  /** Time after the last heartbeat at which a process is considered lost. */
  readonly leaseTime: ModelTime;

  constructor(private readonly options: PeerSessionsOptions) {
    this.leaseTime = options.leaseSeconds / options.clock.timeUnitSeconds;
  }

  /** A peer with a new session. */
  newPeer(name: string, { process, number }: ClientSession): Peer {
    const { clock } = this.options;
    const session = new Session((flush) => clock.soon(flush));
    return { name, process, sessionNumber: number, session, channel: undefined, lastBeat: clock.now() };
  }

  /** Whether a hello resumes the session of this peer. */
  resumes(peer: Peer, { process, number, dispatcher }: ClientSession): boolean {
    return peer.process === process && peer.sessionNumber === number && dispatcher === this.options.identity;
  }

  /** Whether this is the identity of this dispatcher. */
  isThis(dispatcher: string | null): boolean {
    return dispatcher === this.options.identity;
  }

  /** Answers a hello; from now on the peer's session uses this connection only. */
  welcome(peer: Peer, channel: Channel, resumed: boolean, received: number): void {
    const { clock, identity, leaseSeconds } = this.options;
    const before = peer.channel;
    peer.channel = channel;
    peer.lastBeat = clock.now();
    peer.session.detach();
    before?.terminate("it has reconnected");
    channel.send({
      ...{ type: "welcome", dispatcher: identity, resumed, received: peer.session.received, leaseSeconds },
      now: clock.seconds(clock.now()),
    });
    peer.session.attach(channel, resumed ? received : 0);
  }

  /** Handles a heartbeat. */
  beat(peer: Peer, received: number, settled: number): void {
    const { clock } = this.options;
    peer.lastBeat = clock.now();
    peer.session.acknowledge(received);
    peer.session.flush();
    const now = clock.seconds(peer.lastBeat);
    peer.channel?.send({ type: "beat", received: peer.session.received, settled, now });
  }

  /** Seconds since the last heartbeat. */
  silence(peer: Peer): number {
    const { clock } = this.options;
    return clock.seconds(clock.now() - peer.lastBeat);
  }

  isSilent(peer: Peer): boolean {
    return this.options.clock.now() > peer.lastBeat + this.leaseTime;
  }

  /** A connection has ended. Returns whether the peer is now disconnected: not if it has another connection. */
  left(peer: Peer, channel: Channel): boolean {
    if (peer.channel !== channel) return false;
    peer.channel = undefined;
    peer.session.flush();
    peer.session.detach();
    return true;
  }
}
