import { PeerError } from "../../model/errors.js";
import type { ModelTime } from "../../model/units.js";
import type { Clock } from "../clock.js";
import type { Channel, ChannelOwner } from "./channel.js";
import { ClockOffset } from "./clock-offset.js";
import { type Connect, Dialer } from "./dial.js";
import { inParts, type WholeHello } from "./hello-parts.js";
import type { Beat, ClientSession, Received, Welcome } from "./messages.js";
import { Session } from "./session.js";

/** A process that communicates with the dispatcher. `Message`: what it may receive besides welcome and beat. */
export interface LinkOwner<Message> {
  /** The process's hello, without its session part. */
  hello(): WholeHello;
  readMessage(text: string): Message | Welcome | Beat | Received;
  /** Connected. `resumed`: the session continues, with all jobs in flight. */
  joined(resumed: boolean): void;
  receiveFrame(frame: Buffer): void;
  receiveMessage(message: Message): void;
  /** Outcomes that we sent up to this frame have reached the generators of the jobs. */
  settled(frame: number): void;
  /** The connection is lost, temporarily or for good. */
  away(): void;
  /** The lease is over: the dispatcher may have given this process's jobs to others, so they must be dropped. */
  expired(): void;
}

/** What to do when the dispatcher has been silent for too long: drop the session and its jobs, or wait. */
type OnSilence = "drop" | "wait";

export interface LinkOptions {
  readonly onSilence: OnSilence;
  readonly url: string;
  readonly clock: Clock;
  readonly connect: Connect;
  /** Unique identity of the process. */
  readonly process: string;
  log(message: string): void;
}

/** Beats per lease. */
const BEATS_PER_LEASE = 3;
/** How long a dispatcher may take to answer a hello. */
const WELCOME_SECONDS = 5;

/**
 * A process's end of its connection to the dispatcher: reconnects, resumes the session over a new connection, and maintains a
 * lease on the jobs it holds. The lease runs from the sending of the last beat that the dispatcher has answered; the dispatcher
 * counts the same time from the receipt of that beat, so it never gives a job to another server while this one still has it.
 */
export class Link<Message extends object> {
  session: Session;
  private readonly dialer: Dialer;
  private channel: Channel | undefined;
  /** Number of the session, or of the last one offered to a dispatcher. */
  private sessionNumber = 0;
  /** Whether a dispatcher has welcomed the session. An unanswered offer is not repeated, since it may have arrived. */
  private established = false;
  /** Identity of the session's dispatcher; null before the first. */
  private dispatcher: string | null = null;
  private leaseSeconds = Number.POSITIVE_INFINITY;
  private leaseEnd: ModelTime = Number.POSITIVE_INFINITY;
  /** Send times of the beats not answered yet; the hello counts as one. */
  private unanswered: ModelTime[] = [];
  private joined = false;
  private readonly offset = new ClockOffset();
  private stopBeating: () => void = () => undefined;

  constructor(
    private readonly options: LinkOptions,
    private readonly owner: LinkOwner<Message>,
  ) {
    this.session = this.newSession();
    this.dialer = new Dialer({
      ...options,
      opened: (channel) => this.opened(channel),
      failed: (reason, retry) =>
        options.log(`no dispatcher at ${options.url} (${reason}); retrying in ${Math.round(1000 * retry)} ms`),
    });
  }

  /** Whether the process is connected and welcomed. */
  get connected(): boolean {
    return this.joined;
  }

  /** Whether the hello is sent but not answered: the jobs held must not change meanwhile. */
  get joining(): boolean {
    return this.channel !== undefined && !this.joined;
  }

  /** Bytes buffered here until the dispatcher reads. */
  get unsentBytes(): number {
    return this.session.writtenBytes + (this.channel?.unsentBytes ?? 0);
  }

  /** Sends a message after the records written so far; does nothing without a connection. */
  send(message: object): void {
    if (!this.joined) return;
    this.session.flush();
    this.channel?.send(message);
  }

  /** The time of the dispatcher's clock, as far as its answers show, and how far this may be off. */
  dispatcherTime(): { readonly time: ModelTime; readonly error: ModelTime } {
    const { clock } = this.options;
    const now = clock.now();
    const estimate = this.offset.estimate(clock.seconds(now));
    if (estimate === undefined) return { time: 0, error: 0 };
    const { offsetSeconds, errorSeconds } = estimate;
    const { timeUnitSeconds } = clock;
    return { time: Math.max(0, now + offsetSeconds / timeUnitSeconds), error: errorSeconds / timeUnitSeconds };
  }

  stop(): void {
    this.session.flush();
    this.stopBeating();
    this.dialer.stop();
  }

  get leaseIsOver(): boolean {
    return this.options.clock.now() > this.leaseEnd;
  }

  /** Ends the lease if it has run out. To be called before anything is done with the jobs held. */
  checkLease(): void {
    if (!this.leaseIsOver) return;
    this.leaseEnd = Number.POSITIVE_INFINITY;
    this.leave("the dispatcher is silent");
    if (this.options.onSilence === "drop") this.drop();
  }

  /** The session is over. */
  private drop(): void {
    this.owner.expired();
    this.beginSession();
  }

  private newSession(): Session {
    return new Session((flush) => this.options.clock.soon(flush));
  }

  private beginSession(): void {
    this.session.detach();
    this.established = false;
    this.session = this.newSession();
    this.leaseEnd = Number.POSITIVE_INFINITY;
  }

  private opened(channel: Channel): ChannelOwner {
    this.checkLease();
    this.channel = channel;
    if (!this.established) this.sessionNumber++;
    const cancelTimeout = this.options.clock.after(WELCOME_SECONDS, () => this.leave("the dispatcher does not answer"));
    this.unanswered = [this.options.clock.now()];
    const session: ClientSession = {
      process: this.options.process,
      number: this.sessionNumber,
      dispatcher: this.dispatcher,
      received: this.session.received,
    };
    for (const part of inParts({ ...this.owner.hello(), session })) channel.send(part);
    return {
      receiveFrame: (frame) => {
        if (this.channel !== channel) return;
        if (!this.joined) throw new PeerError("sent a binary frame before its welcome");
        this.checkLease();
        if (!this.joined || !this.session.accept(frame)) return;
        if (this.session.owesAcknowledgement()) channel.send({ type: "received", frames: this.session.received });
        this.owner.receiveFrame(frame);
      },
      receiveText: (text) => {
        if (this.channel !== channel) return;
        cancelTimeout();
        this.receive(this.owner.readMessage(text), channel);
      },
      closed: (_reason, offence) => {
        cancelTimeout();
        if (this.channel === channel) this.closed();
        if (offence && this.options.onSilence === "drop") this.drop();
      },
    };
  }

  private receive(message: Message | Welcome | Beat | Received, channel: Channel): void {
    if (isWelcome(message)) this.welcomed(message, channel);
    else if (!this.joined) throw new PeerError("did not begin with a welcome");
    else if (isBeat(message)) {
      this.answered(message.now);
      this.session.acknowledge(message.received);
      this.owner.settled(message.settled);
    } else if (isReceived(message)) this.session.acknowledge(message.frames);
    else this.owner.receiveMessage(message);
  }

  private welcomed(message: Welcome, channel: Channel): void {
    if (this.joined) throw new PeerError("said welcome twice");
    this.leaseSeconds = message.leaseSeconds;
    if (!message.resumed) {
      // The same dispatcher has given up the session; a new dispatcher learns from the hello what this process holds.
      if (message.dispatcher === this.dispatcher) this.owner.expired();
      this.beginSession();
    }
    if (message.dispatcher !== this.dispatcher) this.offset.forget();
    this.dispatcher = message.dispatcher;
    this.established = true;
    this.joined = true;
    this.answered(message.now);
    this.owner.joined(message.resumed);
    this.session.attach(channel, message.received);
    this.stopBeating();
    this.stopBeating = this.options.clock.every(this.leaseSeconds / BEATS_PER_LEASE, () => this.beat());
  }

  /** @param dispatcherSeconds when the dispatcher answered, by its clock */
  private answered(dispatcherSeconds: number): void {
    const sentAt = this.unanswered.shift();
    if (sentAt === undefined) throw new PeerError("answered a beat that was not sent");
    const { clock } = this.options;
    this.leaseEnd = sentAt + this.leaseSeconds / clock.timeUnitSeconds;
    this.offset.answered(clock.seconds(sentAt), dispatcherSeconds, clock.seconds(clock.now()));
  }

  private beat(): void {
    this.checkLease();
    if (!this.joined) return;
    this.unanswered.push(this.options.clock.now());
    this.send({ type: "beat", received: this.session.received });
  }

  private leave(reason: string): void {
    const { channel } = this;
    this.closed();
    channel?.terminate(reason);
  }

  private closed(): void {
    this.channel = undefined;
    this.session.flush();
    this.session.detach();
    if (!this.joined) return;
    this.joined = false;
    this.owner.away();
  }
}

function isWelcome(message: object): message is Welcome {
  return "type" in message && message.type === "welcome";
}

function isBeat(message: object): message is Beat {
  return "type" in message && message.type === "beat";
}

function isReceived(message: object): message is Received {
  return "type" in message && message.type === "received";
}
