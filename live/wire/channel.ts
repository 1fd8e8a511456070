import { messageOf, PeerError } from "../../model/errors.js";
import { printable } from "../../model/printable.js";
import { type FrameSink, NOT_READING } from "./session.js";

/** A connection that carries messages, as a channel needs it. */
export interface Transport {
  readonly isOpen: boolean;
  /** Bytes buffered here until the peer reads. */
  readonly unsentBytes: number;
  /** The peer has introduced itself: it may send more than a stranger. */
  recognised(): void;
  /** Stops reading, which makes the peer wait with its sending, until `resume`. */
  pause(): void;
  resume(): void;
  send(message: string | Buffer): void;
  close(code: number, reason: string): void;
  /** Ends the connection without waiting for the peer. */
  terminate(): void;
  /** Sets the listener. Called once, before anything has arrived. */
  listen(listener: TransportListener): void;
}

export interface TransportListener {
  message(data: Buffer, isBinary: boolean): void;
  /** An error; `closed` follows. */
  failed(error: Error): void;
  closed(reason: string): void;
}

/** Receives a channel's messages and its end. Both receivers may throw PeerError, upon which the connection is closed with that reason. */
export interface ChannelOwner {
  receiveFrame(frame: Buffer): void;
  receiveText(text: string): void;
  /** The connection has ended. Called once. `offence`: because the peer broke the protocol. */
  closed(reason: string, offence: boolean): void;
}

const NORMAL = 1000;
/** Close code of a connection whose peer broke the protocol. */
const PROTOCOL_ERROR = 1002;
/**
 * Most messages of JSON that wait for a peer: short as they are, each takes some hundred bytes of memory, and a peer that reads
 * has a few of them waiting at most. Frames are limited by their session, in bytes.
 */
const MOST_UNREAD_TEXTS = 20_000;
/** Most bytes of a close frame's reason. */
const REASON_BYTES = 120;

/** A connection to a peer. */
export class Channel implements FrameSink {
  private peerError: string | undefined;
  private failure: string | undefined;
  /** Messages of JSON sent since the peer last had nothing left to read. */
  private unreadTexts = 0;

  constructor(
    private readonly transport: Transport,
    private readonly owner: ChannelOwner,
  ) {
    transport.listen({
      message: (data, isBinary) => this.receive(data, isBinary),
      failed: (error) => {
        this.failure ??= messageOf(error);
      },
      closed: (reason) =>
        owner.closed(
          this.peerError ?? this.failure ?? (printable(reason) || "connection closed"),
          this.peerError !== undefined,
        ),
    });
  }

  /** Bytes buffered here until the peer reads. */
  get unsentBytes(): number {
    return this.transport.unsentBytes;
  }

  /** The peer has introduced itself: it may send more than a stranger. */
  recognised(): void {
    this.transport.recognised();
  }

  /** Stops reading until `resume`. */
  pause(): void {
    this.transport.pause();
  }

  resume(): void {
    this.transport.resume();
  }

  sendFrame(frame: Buffer): void {
    if (this.transport.isOpen) this.transport.send(frame);
  }

  /** Sends a JSON message. */
  send(message: object): void {
    if (!this.transport.isOpen) return;
    if (this.transport.unsentBytes === 0) this.unreadTexts = 0;
    if (++this.unreadTexts > MOST_UNREAD_TEXTS) this.terminate(NOT_READING);
    else this.transport.send(JSON.stringify(message));
  }

  close(): void {
    this.transport.close(NORMAL, "");
  }

  /** Ends the connection without waiting for the peer. */
  terminate(reason: string): void {
    this.failure ??= reason;
    this.transport.terminate();
  }

  /** Closes the connection to a peer that broke the protocol. */
  reject(reason: string): void {
    this.peerError ??= reason;
    this.transport.close(PROTOCOL_ERROR, Buffer.from(reason).subarray(0, REASON_BYTES).toString());
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.peerError !== undefined) return;
    try {
      if (isBinary) this.owner.receiveFrame(data);
      else this.owner.receiveText(data.toString());
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.reject(error.message);
    }
  }
}
