import { PeerError } from "../../model/errors.js";
import { withLastBits } from "../../model/last-bits.js";
import { frameNumber } from "./frame-reader.js";
import { FrameWriter } from "./frame-writer.js";

/** Where a session sends its frames while there is a connection. */
export interface FrameSink {
  sendFrame(frame: Buffer): void;
}

/** Why a connection is ended whose peer lets too much wait. */
export const NOT_READING = "does not read what it is sent";
/** Most bytes of unacknowledged frames before the peer counts as not reading. */
const MOST_UNACKNOWLEDGED_BYTES = 64 * 1024 * 1024;
/**
 * Received bytes after which an acknowledgement is sent, so that the peer need not keep them until the next beat. Memory kept
 * for long is costly to collect: with 1 MiB that was a tenth of a busy dispatcher's time.
 */
export const ACKNOWLEDGE_BYTES = 128 * 1024;

/**
 * An exchange of binary frames between two processes that survives the loss of their connection. Frames are numbered and kept
 * until the peer acknowledges them; a new connection continues where the last one ended. So nothing is lost or duplicated as
 * long as both processes live.
 *
 * Records written within one turn of the event loop are sent together in one frame: at high rates that is what makes a job
 * cheap, and at low rates it costs nothing.
 */
export class Session {
  /** The number of the last frame received. */
  received = 0;
  /** Frames received a second time and ignored. */
  duplicates = 0;
  private readonly writer = new FrameWriter();
  private unacknowledged: Buffer[] = [];
  private keptBytes = 0;
  private acknowledgedFrames = 0;
  private unconfirmedBytes = 0;
  private sink: FrameSink | undefined;
  private flushing = false;
  /** A single function object, since there may be a frame per job. */
  private readonly flushSoon = (): void => this.flush();

  /** @param soon calls back at the end of this turn of the event loop */
  constructor(private readonly soon: (flush: () => void) => void) {}

  /** The number of the last frame made. */
  get sent(): number {
    return this.acknowledgedFrames + this.unacknowledged.length;
  }

  /** Bytes of frames that the peer has not acknowledged yet. */
  get unacknowledgedBytes(): number {
    return this.keptBytes;
  }

  /** The number of the last frame that the peer has acknowledged. */
  get acknowledged(): number {
    return this.acknowledgedFrames;
  }

  /** The number of the frame that the records now being written will be sent in. */
  get nextNumber(): number {
    return this.sent + 1;
  }

  /** Whether no written records are waiting for the next frame. */
  get isFlushed(): boolean {
    return this.writer.isEmpty;
  }

  /** Bytes of records to be sent at the end of this turn. */
  get writtenBytes(): number {
    return this.writer.length;
  }

  /** The writer of records, which are sent at the end of this turn of the event loop. */
  records(): FrameWriter {
    if (!this.flushing) {
      this.flushing = true;
      this.soon(this.flushSoon);
    }
    return this.writer;
  }

  /** Makes a frame of the records written, and sends it if there is a connection. */
  flush(): void {
    this.flushing = false;
    if (this.writer.isEmpty) return;
    const frame = this.writer.take(this.nextNumber);
    this.unacknowledged.push(frame);
    this.keptBytes += frame.length;
    this.sink?.sendFrame(frame);
  }

  /** Attaches a connection: sends the frames not received yet. Throws PeerError for the number of a frame never sent. */
  attach(sink: FrameSink, received: number): void {
    this.acknowledge(received);
    this.sink = sink;
    for (const frame of this.unacknowledged) sink.sendFrame(frame);
    this.flush();
  }

  /** The connection is lost; records written from now on are kept. */
  detach(): void {
    this.sink = undefined;
  }

  /** The peer has received all frames up to this number. */
  acknowledge(received: number): void {
    if (received > this.sent) throw new PeerError(`acknowledges frame ${received} of ${this.sent}`);
    const news = received - this.acknowledgedFrames;
    if (news <= 0) return;
    for (let i = 0; i < news; i++) this.keptBytes -= this.unacknowledged[i].length;
    this.unacknowledged = this.unacknowledged.slice(news);
    this.acknowledgedFrames = received;
  }

  /**
   * Accepts a frame. Returns false if it is a duplicate.
   *
   * @throws PeerError if a frame before it is missing, or the peer leaves too many bytes unacknowledged
   */
  accept(frame: Buffer): boolean {
    const number = withLastBits(this.received, frameNumber(frame));
    if (number <= this.received) {
      this.duplicates++;
      return false;
    }
    if (number !== this.received + 1)
      throw new PeerError(`sent frame ${number} where frame ${this.received + 1} is next`);
    if (this.keptBytes > MOST_UNACKNOWLEDGED_BYTES) throw new PeerError(NOT_READING);
    this.received = number;
    this.unconfirmedBytes += frame.length;
    return true;
  }

  /** Whether an acknowledgement is due, for the bytes received since this was last true. */
  owesAcknowledgement(): boolean {
    if (this.unconfirmedBytes < ACKNOWLEDGE_BYTES) return false;
    this.unconfirmedBytes = 0;
    return true;
  }
}
