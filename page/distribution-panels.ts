import type { PredictedTail } from "../live/page-feed.js";
import { Chart, type ChartSeries } from "./chart.js";
import { panelCard } from "./panel-card.js";
import { sharpestValue } from "./time-panels.js";
import type { Panel, View } from "./view.js";

/** The servers' own mean idle times, which theory says come out equal. */
export class IdleTimesPanel implements Panel {
  private readonly chart = new Chart({
    title: "Mean idle times",
    xLabel: "server",
    yLabel: "mean idle time (time units)",
    counts: true,
    fromZero: true,
  });
  readonly card = panelCard("Idle times per server", this.chart.root);

  render({ run, update }: View): void {
    this.card.show(run.claims["idle-times"]);
    if (run.claims["idle-times"] === undefined) return;
    const { numbers, meanIdleTimes } = update.fleet;
    const predicted = sharpestValue(update.state.quantities, "mean_idle_time");
    this.chart.update({
      x: numbers,
      series: [
        { label: "each server, since measuring began", colour: "measured", style: "points", values: meanIdleTimes },
        ...(predicted === null
          ? []
          : [
              {
                label: "predicted",
                colour: "predicted",
                style: "dashed",
                values: numbers.map(() => predicted),
              } as const,
            ]),
      ],
    });
  }
}

/** How many servers hold at least 1, 2, ... jobs. */
export class QueueLengthsPanel implements Panel {
  private readonly chart = new Chart({
    title: "Queue lengths",
    xLabel: "jobs at a server, i",
    yLabel: "fraction with ≥ i",
    counts: true,
    fromZero: true,
  });
  readonly card = panelCard("Queue lengths", this.chart.root);

  render({ run, update }: View): void {
    this.card.show(run.claims["queue-lengths"]);
    if (run.claims["queue-lengths"] === undefined) return;
    const { queueTail, predictedQueueTail } = update.distributions;
    this.chart.update({
      x: queueTail.map((_, jobs) => jobs),
      series: [
        { label: "measured", colour: "measured", style: "bars", values: queueTail },
        ...predictedSeries(predictedQueueTail, "circles"),
      ],
    });
  }
}

/** The tail of the sojourn times; an exponential law is a straight line. */
export class SojournTimesPanel implements Panel {
  private readonly chart = new Chart({
    title: "Sojourn times",
    xLabel: "t (time units)",
    yLabel: "fraction longer than t",
    logarithmic: true,
  });
  readonly card = panelCard("Sojourn times", this.chart.root);

  render({ run, update }: View): void {
    this.card.show(run.claims["sojourn-times"]);
    if (run.claims["sojourn-times"] === undefined) return;
    const { sojournTail, predictedSojournTail } = update.distributions;
    this.chart.update({
      x: sojournTail.times,
      series: [
        {
          label: "measured",
          colour: "measured",
          style: "strong",
          values: sojournTail.fractions.map((fraction) => (fraction > 0 ? fraction : null)),
        },
        ...predictedSeries(predictedSojournTail, "dashed"),
      ],
    });
  }
}

function predictedSeries(tail: PredictedTail | null, style: "circles" | "dashed"): ChartSeries[] {
  if (tail === null) return [];
  const values = tail.fractions.map((fraction) => (fraction !== null && fraction > 0 ? fraction : null));
  return [{ label: tail.label, colour: "predicted", style, values }];
}
