import { ownerOf } from "../../model/graphs/shares.js";
import { keyOf } from "../../model/job-label.js";
import type { Work } from "../../model/units.js";
import { nameOf } from "../job-names.js";
import { type DispatcherAddress, DispatcherTarget } from "./dispatcher-target.js";
import type { ScheduleReport, Target, TargetEvents } from "./target.js";

export interface DividedAddress extends Omit<DispatcherAddress, "url"> {
  /** In the order of their shares of the task types. */
  readonly urls: readonly string[];
  /** If there are several, each dispatcher gets a share of them; else jobs are divided at random. */
  readonly taskTypes: number;
}

/** Several dispatchers, among which jobs are divided. It is open from when all of them have reported that the fleet is complete. */
export class DividedTarget implements Target {
  private readonly parts: readonly DispatcherTarget[];
  /** Whether each has been open. */
  private readonly started: boolean[];
  private isOpen = false;

  constructor(
    private readonly address: DividedAddress,
    private readonly events: TargetEvents,
  ) {
    const { urls } = address;
    this.started = urls.map(() => false);
    this.parts = urls.map(
      (url, part) =>
        new DispatcherTarget(
          { ...address, url },
          {
            ...events,
            opened: () => this.opened(part),
            underWay: () => events.underWay().filter(({ job, taskType }) => this.partOf(job, taskType) === part),
          },
        ),
    );
  }

  get open(): boolean {
    return this.isOpen && this.parts.some(({ open }) => open);
  }

  get congested(): boolean {
    return this.parts.some(({ congested }) => congested);
  }

  accepts(job: number, taskType: number): boolean {
    return this.isOpen && this.parts[this.partOf(job, taskType)].accepts();
  }

  submit(job: number, taskType: number, work: Work): void {
    this.parts[this.partOf(job, taskType)].submit(job, taskType, work);
  }

  report(schedule: ScheduleReport): void {
    for (const part of this.parts) part.report(schedule);
  }

  stop(): void {
    for (const part of this.parts) part.stop();
  }

  /** The dispatcher of a job, always the same: by its type, or at random by its name. */
  private partOf(job: number, taskType: number): number {
    const { taskTypes, secret } = this.address;
    const { length } = this.parts;
    return taskTypes > 1 ? ownerOf(keyOf(taskType), taskTypes, length) : nameOf(job, secret) % length;
  }

  private opened(part: number): void {
    this.started[part] = true;
    if (!this.started.every((one) => one)) return;
    this.isOpen = true;
    this.events.opened();
  }
}
