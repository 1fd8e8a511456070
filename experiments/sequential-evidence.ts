import type { ModelTime } from "../model/units.js";
import { isDecided, type QuantityEvidence, type WeighOptions } from "./evidence.js";
import type { LookSchedule } from "./looks.js";

/** Why a run ended: everything was decided, or its time was over. */
export const STOPPED_BY = ["decided", "time"] as const;
export type StoppedBy = (typeof STOPPED_BY)[number];

/** Weighs what has been measured so far. */
type Weigh = (options: Pick<WeighOptions, "atLook" | "unjudged">) => QuantityEvidence[];

/** Judges a run at the looks of a schedule, and shows what is measured without judging it in between. */
export class SequentialEvidence {
  /** Set when the run is over. */
  stoppedBy: StoppedBy | undefined;
  /** Planned looks taken. */
  looks = 0;
  private next = 0;
  private found: QuantityEvidence[] | undefined;

  constructor(
    private readonly schedule: LookSchedule,
    private readonly notAwaited: ReadonlySet<string>,
    private readonly weigh: Weigh,
  ) {}

  /** An epoch has ended: takes a look if one is due. */
  epochEnded(measured: ModelTime): void {
    const { times } = this.schedule;
    if (!(measured >= times[this.next])) return;
    while (measured >= times[this.next + 1]) this.next++;
    this.found = this.weigh({ atLook: this.confidenceAt(measured) });
    this.looks++;
    this.next++;
    if (isDecided(this.found, this.notAwaited)) this.stoppedBy = "decided";
    else if (this.next === times.length) this.stoppedBy = "time";
  }

  /** What is known after so much measuring. */
  at(measured: ModelTime): QuantityEvidence[] {
    const { schedule } = this;
    if (this.stoppedBy !== undefined && this.found !== undefined) return this.found;
    if (schedule.times.length > 0) {
      const until = schedule.times[this.next];
      return this.weigh({
        atLook: this.confidenceAt(measured),
        unjudged: undecided(`judged after ${inWords(until)} time units of measuring, not before`),
      });
    }
    if (schedule.isAlways && measured < schedule.earliest)
      return this.weigh({
        unjudged: undecided(`judged from ${inWords(schedule.earliest)} time units of measuring on`),
      });
    return this.weigh({ atLook: this.confidenceAt(measured) });
  }

  private confidenceAt(measured: ModelTime): (confidence: number) => number {
    return (confidence) => this.schedule.confidence(confidence, measured, this.next);
  }
}

function undecided(reason: string): NonNullable<WeighOptions["unjudged"]> {
  return { verdict: "undecided", reason };
}

function inWords(time: ModelTime): string {
  return String(Number(time.toPrecision(3)));
}
