import { messageOf, PeerError } from "../model/errors.js";
import type { FrameSink } from "./session.js";

/** A connection that carries messages, as much of it as a channel needs. */
export interface Transport {
  readonly isOpen: boolean;
  /** Bytes sent that wait here until the peer has read what was sent before. */
  readonly unsentBytes: number;
  /** Reads nothing more of the peer, whose own sending then has to wait, until `resume`. */
  pause(): void;
  resume(): void;
  send(message: string | Buffer): void;
  close(code: number, reason: string): void;
  /** Ends the connection without waiting for the peer. */
  terminate(): void;
  /** Says who hears of what arrives. Called once, before anything has arrived. */
  listen(listener: TransportListener): void;
}

export interface TransportListener {
  message(data: Buffer, isBinary: boolean): void;
  /** An error; `closed` follows. */
  failed(error: Error): void;
  closed(reason: string): void;
}

/** What a channel tells its owner. Both receivers may throw PeerError; the peer is then shut out with it as the reason. */
export interface ChannelOwner {
  receiveFrame(frame: Buffer): void;
  receiveText(text: string): void;
  /** The connection has ended, for whatever reason. Called once. `offence`: because the peer broke the protocol. */
  closed(reason: string, offence: boolean): void;
}

const NORMAL = 1000;
/** Close code of a connection whose peer broke the protocol. */
const PROTOCOL_ERROR = 1002;
/** Bytes of reason that a close frame holds. */
const REASON_BYTES = 120;

/** One connection to a peer. */
export class Channel implements FrameSink {
  private peerError: string | undefined;
  private failure: string | undefined;

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
        owner.closed(this.peerError ?? this.failure ?? (reason || "connection closed"), this.peerError !== undefined),
    });
  }

  /** Bytes that wait here until the peer reads. */
  get unsentBytes(): number {
    return this.transport.unsentBytes;
  }

  /** Reads nothing more of the peer until `resume`. */
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
    if (this.transport.isOpen) this.transport.send(JSON.stringify(message));
  }

  close(): void {
    this.transport.close(NORMAL, "");
  }

  /** Ends the connection without waiting for the peer. */
  terminate(reason: string): void {
    this.failure ??= reason;
    this.transport.terminate();
  }

  /** Shuts out a peer that broke the protocol. */
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
