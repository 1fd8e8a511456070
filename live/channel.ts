import { WebSocket } from "ws";
import { messageOf, PeerError } from "../model/errors.js";
import { FrameWriter } from "./wire.js";

/** What a channel tells its owner. Both receivers may throw PeerError; the peer is then shut out with it as the reason. */
export interface ChannelOwner {
  receiveFrame(frame: Buffer): void;
  receiveText(text: string): void;
  /** The connection has ended, for whatever reason. Called once. */
  closed(reason: string): void;
}

/** Close code of a connection whose peer broke the protocol. */
const PROTOCOL_ERROR = 1002;
/** Bytes of reason that a close frame holds. */
const REASON_BYTES = 120;

/**
 * A WebSocket to a peer. Records written within one turn of the event loop leave together in one frame: at high rates that
 * is what makes a job cheap, and at low rates it costs nothing.
 */
export class Channel {
  private readonly writer = new FrameWriter();
  private flushing = false;
  private peerError: string | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly owner: ChannelOwner,
  ) {
    socket.on("message", (data, isBinary) => this.receive(data as Buffer, isBinary));
    socket.on("close", (_code, reason) => owner.closed(this.peerError ?? (reason.toString() || "connection closed")));
    // The close event follows every error and is where the owner hears of it.
    socket.on("error", (error) => {
      this.peerError ??= messageOf(error);
    });
  }

  /** The writer of records; what is written leaves at the end of this turn of the event loop. */
  records(): FrameWriter {
    if (!this.flushing) {
      this.flushing = true;
      setImmediate(() => this.flush());
    }
    return this.writer;
  }

  /** Sends a JSON message, after the records written so far. */
  send(message: object): void {
    this.flush();
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  close(): void {
    this.flush();
    this.socket.close(1000);
  }

  /** Ends the connection without waiting for the peer. */
  terminate(): void {
    this.socket.terminate();
  }

  /** Shuts out a peer that broke the protocol. */
  reject(reason: string): void {
    this.peerError ??= reason;
    this.socket.close(PROTOCOL_ERROR, Buffer.from(reason).subarray(0, REASON_BYTES).toString());
  }

  private flush(): void {
    this.flushing = false;
    if (this.writer.isEmpty) return;
    const frame = this.writer.take();
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
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
