import type { Channel } from "../live/channel.js";
import type { Clock } from "../live/clock.js";
import type { ModelTime } from "../model/units.js";

/** Bytes that wait for server nodes to read them, from which on load generators are not read, and to which these must go down. */
const HIGH_WATER_BYTES = 1024 * 1024;
const LOW_WATER_BYTES = HIGH_WATER_BYTES / 4;
/** After so many bytes from generators it looks how much waits for nodes; it looks at every node. */
const LOOK_BYTES = 64 * 1024;
/** How soon it looks again while generators are held back. */
const LOOK_AGAIN_SECONDS = 0.01;

interface Connected {
  readonly channel: Channel | undefined;
}

/**
 * Holds load generators back while server nodes do not read as fast as jobs come for them: their sockets are not read, so that what
 * cannot be passed on stays with those who send it, and not in buffers here. Whether jobs wait at servers is another matter, of
 * the servers' buffers.
 */
export class BackPressure {
  private unlooked = 0;
  private heldSince: ModelTime | undefined;
  private heldBefore: ModelTime = 0;

  /**
   * @param nodes what jobs go to
   * @param generators who is held back
   * @param onChange generators are held back from now on (true), or are read again
   */
  constructor(
    private readonly clock: Clock,
    private readonly nodes: () => Iterable<Connected>,
    private readonly generators: () => Iterable<Connected>,
    private readonly onChange: (holds: boolean) => void,
  ) {}

  /** Whether generators are held back. */
  get holds(): boolean {
    return this.heldSince !== undefined;
  }

  /** For how long they were held back so far. */
  get heldTime(): ModelTime {
    return this.heldBefore + (this.heldSince === undefined ? 0 : this.clock.now() - this.heldSince);
  }

  /** So many bytes of jobs have been read. */
  received(bytes: number): void {
    this.unlooked += bytes;
    if (this.unlooked < LOOK_BYTES) return;
    this.unlooked = 0;
    if (this.heldSince === undefined) {
      if (this.waitingBytes() <= HIGH_WATER_BYTES) return;
      this.heldSince = this.clock.now();
      this.onChange(true);
      this.lookAgain();
    }
    // While generators are held back, this is one that has connected since.
    for (const { channel } of this.generators()) channel?.pause();
  }

  private lookAgain(): void {
    this.clock.after(LOOK_AGAIN_SECONDS, () => {
      if (this.waitingBytes() > LOW_WATER_BYTES) this.lookAgain();
      else this.release();
    });
  }

  private release(): void {
    this.heldBefore = this.heldTime;
    this.heldSince = undefined;
    this.onChange(false);
    for (const { channel } of this.generators()) channel?.resume();
  }

  private waitingBytes(): number {
    let bytes = 0;
    for (const { channel } of this.nodes()) bytes += channel?.unsentBytes ?? 0;
    return bytes;
  }
}
