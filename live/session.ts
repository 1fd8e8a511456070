import { PeerError } from "../model/errors.js";
import { frameNumber } from "./frame-reader.js";
import { FrameWriter } from "./frame-writer.js";

/** Where a session sends its frames while there is a connection. */
export interface FrameSink {
  sendFrame(frame: Buffer): void;
}

/** Frames that a peer may leave unacknowledged, in bytes, before it counts as one that does not read. */
const MOST_UNACKNOWLEDGED_BYTES = 64 * 1024 * 1024;
/**
 * After so many bytes the other side is told that they have arrived, so that it need not keep them until the next beat. What is kept
 * for long costs more to collect: with 1 MiB that was a tenth of a busy dispatcher's time.
 */
export const ACKNOWLEDGE_BYTES = 128 * 1024;

/**
 * What two processes have to say to each other in binary frames, whatever becomes of the connection between them. Frames
 * are numbered and kept until the other side says that it has them; a new connection goes on where the last one ended. So
 * nothing is lost or doubled as long as both processes live.
 *
 * Records written within one turn of the event loop leave together in one frame: at high rates that is what makes a job
 * cheap, and at low rates it costs nothing.
 */
export class Session {
  /** Frames of the other side that have arrived: the number of the last one. */
  received = 0;
  /** Frames that arrived a second time and were ignored. */
  duplicates = 0;
  private readonly writer = new FrameWriter();
  private unacknowledged: Buffer[] = [];
  private unacknowledgedBytes = 0;
  private acknowledgedFrames = 0;
  private unconfirmedBytes = 0;
  private sink: FrameSink | undefined;
  private flushing = false;
  /** One for all frames, since there may be a frame per job. */
  private readonly flushSoon = (): void => this.flush();

  /** @param soon calls back at the end of this turn of the event loop */
  constructor(private readonly soon: (flush: () => void) => void) {}

  /** The number of the last frame made. */
  get sent(): number {
    return this.acknowledgedFrames + this.unacknowledged.length;
  }

  /** The number of the last frame that the other side said it has. */
  get acknowledged(): number {
    return this.acknowledgedFrames;
  }

  /** The number that the records now being written will leave under. */
  get nextNumber(): number {
    return this.sent + 1;
  }

  /** Whether all that was written has left, or would have if there were a connection. */
  get isFlushed(): boolean {
    return this.writer.isEmpty;
  }

  /** Bytes of records that leave at the end of this turn. */
  get writtenBytes(): number {
    return this.writer.length;
  }

  /** The writer of records; what is written leaves at the end of this turn of the event loop. */
  records(): FrameWriter {
    if (!this.flushing) {
      this.flushing = true;
      this.soon(this.flushSoon);
    }
    return this.writer;
  }

  /** Makes a frame of what was written, and sends it if there is a connection. */
  flush(): void {
    this.flushing = false;
    if (this.writer.isEmpty) return;
    const frame = this.writer.take(this.nextNumber);
    this.unacknowledged.push(frame);
    this.unacknowledgedBytes += frame.length;
    this.sink?.sendFrame(frame);
  }

  /** There is a connection: sends the frames that have not arrived yet. Throws PeerError for a number that never was. */
  attach(sink: FrameSink, received: number): void {
    this.acknowledge(received);
    this.sink = sink;
    for (const frame of this.unacknowledged) sink.sendFrame(frame);
    this.flush();
  }

  /** The connection is gone; what is written is kept. */
  detach(): void {
    this.sink = undefined;
  }

  /** The other side has all frames up to this number. */
  acknowledge(received: number): void {
    if (received > this.sent) throw new PeerError(`acknowledges frame ${received} of ${this.sent}`);
    const news = received - this.acknowledgedFrames;
    if (news <= 0) return;
    for (let i = 0; i < news; i++) this.unacknowledgedBytes -= this.unacknowledged[i].length;
    this.unacknowledged = this.unacknowledged.slice(news);
    this.acknowledgedFrames = received;
  }

  /**
   * A frame has arrived. Returns false if it had arrived before.
   *
   * @throws PeerError if one is missing before it, or if the other side lets too many of ours lie
   */
  accept(frame: Buffer): boolean {
    const number = frameNumber(frame);
    if (number <= this.received) {
      this.duplicates++;
      return false;
    }
    if (number !== this.received + 1)
      throw new PeerError(`sent frame ${number} where frame ${this.received + 1} is next`);
    if (this.unacknowledgedBytes > MOST_UNACKNOWLEDGED_BYTES) throw new PeerError("does not read what it is sent");
    this.received = number;
    this.unconfirmedBytes += frame.length;
    return true;
  }

  /** Whether so much has arrived since this was last true that the other side should be told. */
  owesAcknowledgement(): boolean {
    if (this.unconfirmedBytes < ACKNOWLEDGE_BYTES) return false;
    this.unconfirmedBytes = 0;
    return true;
  }
}
