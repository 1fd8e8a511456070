import type { Clock } from "../../live/clock.js";
import type { Channel } from "../../live/wire/channel.js";
import type { ModelTime } from "../../model/units.js";

/** Unsent bytes to server nodes at which load generators are paused, and below which they are resumed. */
const HIGH_WATER_BYTES = 1024 * 1024;
const LOW_WATER_BYTES = HIGH_WATER_BYTES / 4;
/** Unsent bytes are checked, over all nodes, each time this many bytes have been read from generators. */
const LOOK_BYTES = 64 * 1024;
/** Time between checks while generators are paused. */
const LOOK_AGAIN_SECONDS = 0.01;

interface Connected {
  readonly channel: Channel | undefined;
}

/**
 * Pauses load generators while server nodes read more slowly than jobs arrive: the generators' sockets are not read, so that
 * the backlog stays with the senders instead of filling buffers here. This is independent of jobs that wait at servers, which
 * the servers' buffers limit.
 */
export class BackPressure {
  private unlooked = 0;
  private pausedSince: ModelTime | undefined;
  private pausedBefore: ModelTime = 0;

  /**
   * @param nodes destinations of jobs
   * @param generators sources of jobs, which are paused
   * @param onChange called when generators are paused (true) or resumed (false)
   */
  constructor(
    private readonly clock: Clock,
    private readonly nodes: () => Iterable<Connected>,
    private readonly generators: () => Iterable<Connected>,
    private readonly onChange: (paused: boolean) => void,
  ) {}

  /** Whether generators are paused. */
  get paused(): boolean {
    return this.pausedSince !== undefined;
  }

  /** Total time for which they have been paused. */
  get pausedTime(): ModelTime {
    return this.pausedBefore + (this.pausedSince === undefined ? 0 : this.clock.now() - this.pausedSince);
  }

  /** Counts bytes of jobs read from generators. */
  received(bytes: number): void {
    this.unlooked += bytes;
    if (this.unlooked < LOOK_BYTES) return;
    this.unlooked = 0;
    if (this.pausedSince === undefined) {
      if (this.waitingBytes() <= HIGH_WATER_BYTES) return;
      this.pausedSince = this.clock.now();
      this.onChange(true);
      this.lookAgain();
    }
    // Data while generators are paused comes from one that has connected since.
    for (const { channel } of this.generators()) channel?.pause();
  }

  private lookAgain(): void {
    this.clock.after(LOOK_AGAIN_SECONDS, () => {
      if (this.waitingBytes() > LOW_WATER_BYTES) this.lookAgain();
      else this.release();
    });
  }

  private release(): void {
    this.pausedBefore = this.pausedTime;
    this.pausedSince = undefined;
    this.onChange(false);
    for (const { channel } of this.generators()) channel?.resume();
  }

  private waitingBytes(): number {
    let bytes = 0;
    for (const { channel } of this.nodes()) bytes += channel?.unsentBytes ?? 0;
    return bytes;
  }
}
