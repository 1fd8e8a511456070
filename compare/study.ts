import { assert } from "../model/errors.js";
import type { Runner } from "../simulator/parallel/task.js";
import { type Field, under } from "./field.js";
import { type Missing, type Prize, Race } from "./race.js";
import { replication } from "./replication.js";
import type { Sample } from "./sample.js";

/** A replication that is done: where it belongs, and what it found. */
export interface StudyRun extends Missing {
  /** The name of its study, and the number of its field there. */
  readonly study: string;
  readonly field: number;
  readonly sample: Sample;
}

/** Replications done, and about how many there will be. */
export interface Progress {
  readonly done: number;
  readonly expected: number;
}

/** What runs replications, as whoever shows its progress sees it. */
export interface Running {
  readonly name: string;
  readonly progress: Progress;
}

/** Races in several fields, which are decided rightly all together with a chance that is set beforehand. */
export class Study implements Running {
  readonly races: readonly Race[];

  /** @param kept the policy that all others are compared with */
  constructor(
    readonly name: string,
    readonly fields: readonly Field[],
    prize: Omit<Prize, "races">,
    kept?: string,
  ) {
    this.races = fields.map(({ policies }) => new Race(policies, { ...prize, races: fields.length }, kept));
  }

  /** Takes over a replication that was done before. */
  add({ field, sample, ...run }: StudyRun): void {
    this.races[field]?.add(run, sample);
  }

  /**
   * Runs all races until they are decided. What is done when the runner is stopped remains.
   *
   * @param onRun called after each replication, in any order
   * @throws what the runner throws when it is stopped
   */
  async run(runner: Runner, onRun: (run: StudyRun) => void): Promise<void> {
    await Promise.all(this.races.map((race, field) => this.decide(race, field, runner, onRun)));
  }

  private async decide(race: Race, number: number, runner: Runner, onRun: (run: StudyRun) => void): Promise<void> {
    const { setup, warmUpTime, measuringTime } = this.fields[number];
    while (!race.isDecided) {
      const missing = race.missing();
      const inputs = missing.map(({ policy, replication: count }) => ({
        ...under(setup, policy),
        ...{ replication: count, warmUpTime, measuringTime },
      }));
      await runner.map(replication, inputs, (sample, index) => {
        const run = { study: this.name, field: number, ...missing[index], sample };
        this.add(run);
        onRun(run);
      });
      race.look();
    }
  }

  /** Ends all races that are not decided, with what there is. */
  stop(): void {
    for (const race of this.races) race.stop();
  }

  get isDecided(): boolean {
    return this.races.every((race) => race.isDecided);
  }

  get progress(): Progress {
    let [done, expected] = [0, 0];
    for (const race of this.races) {
      const here = race.racers.reduce((sum, { samples }) => sum + samples.size, 0);
      done += here;
      expected += here;
      if (race.isDecided) continue;
      const each = race.expectedReplications;
      for (const { samples } of race.running) expected += Math.max(0, each - samples.size);
    }
    assert(done <= expected, "what is done was expected");
    return { done, expected };
  }
}
