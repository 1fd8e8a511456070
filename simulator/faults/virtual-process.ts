import type { Alarm, Clock } from "../../live/clock.js";
import { EventQueue } from "../../model/event-queue.js";

/** Virtual time, in seconds, and all that is to happen in it. */
export class VirtualTime {
  now = 0;
  private readonly events = new EventQueue<() => void>();

  /** Something is to happen after so many seconds. */
  after(seconds: number, event: () => void): void {
    this.at(this.now + seconds, event);
  }

  /** Something is to happen at that time. */
  at(time: number, event: () => void): void {
    this.events.push(time, event);
  }

  /** The next event happens. */
  next(): void {
    this.now = this.events.nextTime;
    this.events.pop()?.();
  }

  get nextTime(): number {
    return this.events.nextTime;
  }
}

/**
 * A process in virtual time: it may be killed, or stopped and continued, as by SIGSTOP and SIGCONT; then everything that
 * happened meanwhile happens to it at once. Its clock starts when it does, as those of real processes do.
 */
export class VirtualProcess {
  alive = true;
  stopped = false;
  readonly clock: Clock;
  private readonly startedAt: number;
  private waiting: (() => void)[] = [];
  private atEndOfTurn: (() => void)[] = [];

  constructor(
    private readonly time: VirtualTime,
    private readonly timeUnitSeconds: number,
  ) {
    this.startedAt = time.now;
    this.clock = this.makeClock();
  }

  /** One turn of its event loop, now or when it goes on; none if it is dead by then. */
  turn(work: () => void): void {
    if (!this.alive) return;
    if (this.stopped) {
      this.waiting.push(work);
      return;
    }
    work();
    while (this.atEndOfTurn.length > 0) for (const call of this.atEndOfTurn.splice(0)) call();
  }

  kill(): void {
    this.alive = false;
  }

  stop(): void {
    this.stopped = true;
  }

  /** Timers that have run out come first, then messages, as in a real event loop. */
  proceed(): void {
    this.stopped = false;
    for (const work of this.waiting.splice(0)) this.turn(work);
  }

  private makeClock(): Clock {
    const { time } = this;
    const unit = (): number => this.timeUnitSeconds;
    const after = (seconds: number, call: () => void): (() => void) => {
      let cancelled = false;
      time.after(seconds, () =>
        this.turn(() => {
          if (!cancelled) call();
        }),
      );
      return () => {
        cancelled = true;
      };
    };
    const now = (): number => (time.now - this.startedAt) / unit();
    return {
      get timeUnitSeconds() {
        return unit();
      },
      now,
      seconds: (duration) => duration * unit(),
      alarm: (wake) => new VirtualAlarm((due) => (due - now()) * unit(), after, wake),
      after,
      every(seconds, call) {
        let stop = (): void => undefined;
        const again = (): void => {
          stop = after(seconds, () => {
            again();
            call();
          });
        };
        again();
        return () => stop();
      },
      soon: (call) => {
        this.atEndOfTurn.push(call);
      },
    };
  }
}

/** Like the real one, it counts in whole milliseconds, and so is up to one late. */
class VirtualAlarm implements Alarm {
  private cancel: () => void = () => undefined;

  constructor(
    private readonly secondsUntil: (due: number) => number,
    private readonly after: (seconds: number, call: () => void) => () => void,
    private readonly wake: () => void,
  ) {}

  set(due: number): void {
    this.clear();
    if (due === Number.POSITIVE_INFINITY) return;
    this.cancel = this.after(Math.max(0, Math.ceil(1000 * this.secondsUntil(due))) / 1000, this.wake);
  }

  clear(): void {
    this.cancel();
  }
}
