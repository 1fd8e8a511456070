import type uPlot from "uplot";
import type { RunEvent } from "../live/http/page-feed.js";
import { colour } from "./theme.js";

/** Most events drawn, the latest: more would clutter a chart. */
const MOST_EVENTS = 200;

/** Draws a numbered vertical line at the time of each event; phases by their names where there is room. */
export function drawEvents(plot: uPlot, events: readonly RunEvent[], fontSize: number): void {
  const { ctx, bbox } = plot;
  const pixels = devicePixelRatio;
  const [first, last] = [plot.data[0][0], plot.data[0][plot.data[0].length - 1]];
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour("event");
  ctx.lineWidth = pixels;
  ctx.setLineDash([2 * pixels, 3 * pixels]);
  ctx.font = `${0.85 * fontSize * pixels}px system-ui, "DejaVu Sans", sans-serif`;
  ctx.textBaseline = "bottom";
  ctx.textAlign = "left";
  let labelledUpTo = Number.NEGATIVE_INFINITY;
  for (const [i, { time, kind, text }] of events.entries()) {
    if (i < events.length - MOST_EVENTS || time < first || time > last) continue;
    const x = Math.round(plot.valToPos(time, "x", true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const label = kind === "phase" ? text : String(i + 1);
    const start = Math.min(x, bbox.left + bbox.width - ctx.measureText(label).width);
    if (start < labelledUpTo) continue;
    ctx.fillText(label, start, bbox.top - pixels);
    labelledUpTo = start + ctx.measureText(`${label}  `).width;
  }
  ctx.restore();
}
