import type { FleetSample } from "../live/http/page-feed.js";
import { element } from "./element.js";

/** Jobs shown on their way at once: more would be a flurry. */
const MOST_JOBS = 12;
/** Up to this many servers, jobs are seen moving. */
const MOST_SERVERS = 100;
const MILLISECONDS = 450;

/** Shows some of the jobs that reach servers as dots on their way from the dispatcher. Keeps still if the user wants no motion. */
export class MovingJobs {
  private readonly isCalm = matchMedia("(prefers-reduced-motion: reduce)");
  private before = new Map<number, number>();

  /** @param grid has a cell for each server, within a positioned element that begins at the dispatcher */
  constructor(private readonly grid: HTMLElement) {}

  show({ numbers, queueLengths }: FleetSample): void {
    const { before } = this;
    this.before = new Map(numbers.map((number, i) => [number, queueLengths[i]]));
    if (this.isCalm.matches || document.hidden || numbers.length > MOST_SERVERS) return;
    const longer = [...numbers.keys()].filter((i) => queueLengths[i] > (before.get(numbers[i]) ?? queueLengths[i]));
    for (const i of longer.slice(0, MOST_JOBS)) this.move(this.grid.children[i] as HTMLElement);
  }

  private move(cell: HTMLElement): void {
    const stage = this.grid.parentElement;
    if (stage === null) return;
    const job = element("b", "job");
    stage.append(job);
    const to = `translate(${cell.offsetLeft + cell.offsetWidth / 2}px, ${cell.offsetTop + cell.offsetHeight / 2}px)`;
    const moved = job.animate(
      [
        { transform: `translate(${stage.clientWidth / 2}px, 0.6rem)` },
        { transform: to, opacity: 1, offset: 0.9 },
        { transform: to, opacity: 0 },
      ],
      { duration: MILLISECONDS, easing: "ease-in-out" },
    );
    moved.addEventListener("finish", () => job.remove());
    moved.addEventListener("cancel", () => job.remove());
  }
}
