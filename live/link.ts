import { PeerError } from "../model/errors.js";
import type { ModelTime } from "../model/units.js";
import type { Channel, ChannelOwner } from "./channel.js";
import type { Clock } from "./clock.js";
import { type Connect, Dialer } from "./dial.js";
import type { Beat, ClientSession, Received, Welcome } from "./messages.js";
import { Session } from "./session.js";

/** A process that speaks with the dispatcher. `Message` is what the dispatcher may say to it besides welcome and beat. */
export interface LinkOwner<Message> {
  /** Its hello, without the part about the session. */
  hello(): object;
  readMessage(text: string): Message | Welcome | Beat | Received;
  /** It is connected. `resumed`: the session goes on, and so does all that was under way. */
  joined(resumed: boolean): void;
  receiveFrame(frame: Buffer): void;
  receiveMessage(message: Message): void;
  /** What the dispatcher has learnt of outcomes up to this frame of ours has reached those who wait for them. */
  settled(frame: number): void;
  /** The connection is gone, for now or for good. */
  away(): void;
  /** The dispatcher may by now have given to others what this process holds for it: that is to be dropped. */
  expired(): void;
}

/** What becomes of a session whose dispatcher is silent for too long: the process drops what it holds, or it waits. */
export type OnSilence = "drop" | "wait";

export interface LinkOptions {
  readonly onSilence: OnSilence;
  readonly url: string;
  readonly clock: Clock;
  readonly connect: Connect;
  /** An identity that no other process has. */
  readonly process: string;
  log(message: string): void;
}

/** Beats to a lease: as many may be missed. */
const BEATS_PER_LEASE = 3;
/** How long a dispatcher may take to answer a hello. */
const WELCOME_SECONDS = 5;

/**
 * A process's end of the way to its dispatcher: keeps a connection, resumes the session over a new one, and keeps a lease
 * on what it holds. The lease runs from the sending of a beat that the dispatcher has answered; the dispatcher counts the
 * same time from the receipt of that beat, so it never gives a job to another server while this one still has it.
 */
export class Link<Message extends object> {
  session: Session;
  private readonly dialer: Dialer;
  private channel: Channel | undefined;
  /** Of the session, or of the last one that was offered to a dispatcher. */
  private sessionNumber = 0;
  /** Whether a dispatcher has welcomed the session. An offer that was not answered is not made again: it may have arrived. */
  private established = false;
  /** The dispatcher of the session, by its identity; null before the first. */
  private dispatcher: string | null = null;
  private leaseSeconds = Number.POSITIVE_INFINITY;
  private leaseEnd: ModelTime = Number.POSITIVE_INFINITY;
  /** When the beats were sent that are not answered yet; the hello counts as one. */
  private unanswered: ModelTime[] = [];
  private joined = false;
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
        options.log(`no dispatcher at ${options.url} (${reason}); next try in ${Math.round(1000 * retry)} ms`),
    });
  }

  /** Whether the dispatcher knows this process, and is there. */
  get connected(): boolean {
    return this.joined;
  }

  /** Whether it has said hello and has no answer yet: what it holds must stay as it told. */
  get joining(): boolean {
    return this.channel !== undefined && !this.joined;
  }

  /** Bytes that wait here until the dispatcher reads. */
  get unsentBytes(): number {
    return this.session.writtenBytes + (this.channel?.unsentBytes ?? 0);
  }

  /** Sends a message, after the records written so far; none if there is no connection. */
  send(message: object): void {
    if (!this.joined) return;
    this.session.flush();
    this.channel?.send(message);
  }

  stop(): void {
    this.session.flush();
    this.stopBeating();
    this.dialer.stop();
  }

  get leaseIsOver(): boolean {
    return this.options.clock.now() > this.leaseEnd;
  }

  /** Ends the lease if its time has come. To be called before anything is done with what this process holds. */
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
    const impatience = this.options.clock.after(WELCOME_SECONDS, () => this.leave("the dispatcher does not answer"));
    this.unanswered = [this.options.clock.now()];
    const session: ClientSession = {
      process: this.options.process,
      number: this.sessionNumber,
      dispatcher: this.dispatcher,
      received: this.session.received,
    };
    channel.send({ ...this.owner.hello(), session });
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
        impatience();
        this.receive(this.owner.readMessage(text), channel);
      },
      closed: (_reason, offence) => {
        impatience();
        if (this.channel === channel) this.closed();
        if (offence && this.options.onSilence === "drop") this.drop();
      },
    };
  }

  private receive(message: Message | Welcome | Beat | Received, channel: Channel): void {
    if (isWelcome(message)) this.welcomed(message, channel);
    else if (!this.joined) throw new PeerError("did not begin with a welcome");
    else if (isBeat(message)) {
      this.answered();
      this.session.acknowledge(message.received);
      this.owner.settled(message.settled);
    } else if (isReceived(message)) this.session.acknowledge(message.frames);
    else this.owner.receiveMessage(message);
  }

  private welcomed(message: Welcome, channel: Channel): void {
    if (this.joined) throw new PeerError("said welcome twice");
    this.leaseSeconds = message.leaseSeconds;
    if (!message.resumed) {
      // The same dispatcher has given up the session; another one was told by the hello of what there is.
      if (message.dispatcher === this.dispatcher) this.owner.expired();
      this.beginSession();
    }
    this.dispatcher = message.dispatcher;
    this.established = true;
    this.joined = true;
    this.answered();
    this.owner.joined(message.resumed);
    this.session.attach(channel, message.received);
    this.stopBeating();
    this.stopBeating = this.options.clock.every(this.leaseSeconds / BEATS_PER_LEASE, () => this.beat());
  }

  private answered(): void {
    const sentAt = this.unanswered.shift();
    if (sentAt === undefined) throw new PeerError("answered a beat that was not sent");
    this.leaseEnd = sentAt + this.leaseSeconds / this.options.clock.timeUnitSeconds;
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
