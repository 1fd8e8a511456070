import type { RandomStream } from "../random.js";
import type { SlotLaw } from "../slot-laws.js";
import type { ArrivalProcess } from "./arrival-process.js";

/** A batch of jobs in each unit of time, of independent sizes, which may be 0. */
export interface SlotArrivals extends ArrivalProcess {
  /** The slot number of the last arrival returned. */
  readonly slot: number;
}

/** @param law of the size of a batch */
export function slotArrivals(name: string, law: SlotLaw, random: RandomStream): SlotArrivals {
  let left = 0;
  let slot = 0;
  return {
    name,
    gaps: undefined,
    get slot() {
      return slot;
    },
    next(previous) {
      let time = previous;
      while (left === 0) {
        left = law.draw(random);
        slot++;
        time++;
      }
      left--;
      return time;
    },
  };
}
