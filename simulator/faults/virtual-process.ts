import type { Alarm, Clock } from "../../live/clock.js";
import { EventQueue } from "../../model/event-queue.js";

/** Virtual time, in seconds, and its pending events. */
export class VirtualTime {
  now = 0;
  private readonly events = new EventQueue<() => void>();

  /** Schedules an event after a delay. */
  after(seconds: number, event: () => void): void {
    this.at(this.now + seconds, event);
  }

  /** Schedules an event at a time. */
  at(time: number, event: () => void): void {
    this.events.push(time, event);
  }

  /** Executes the next event. */
  next(): void {
    this.now = this.events.nextTime;
    this.events.pop()?.();
  }

  get nextTime(): number {
    return this.events.nextTime;
  }
}

/**
 * A process in virtual time: it may be killed, or stopped and continued, as by SIGSTOP and SIGCONT; on continuation, it
 * handles everything that happened in the meantime. Its clock starts when it does, as in real processes.
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

  /** Executes one turn of its event loop, now or on continuation; never if it is dead by then. */
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

  /** Continues a stopped process: expired timers come first, then messages, as in a real event loop. */
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

/** Like the real one, it has a resolution of one millisecond and rounds up. */
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
