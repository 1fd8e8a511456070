import { Actions } from "./actions.js";
import { ChartCard } from "./chart-card.js";
import { busyServers, jobsAtServers } from "./charts/by-server.js";
import { idleTimes } from "./charts/idle-times.js";
import { learnedRank } from "./charts/learned-rank.js";
import { operations } from "./charts/operations.js";
import { positions } from "./charts/positions.js";
import { QuantityChart } from "./charts/quantity.js";
import { queueLengths } from "./charts/queue-lengths.js";
import { queuesByClass } from "./charts/queues-by-class.js";
import { queuesTogether } from "./charts/queues-together.js";
import { serviceRates } from "./charts/service-rates.js";
import { shares } from "./charts/shares.js";
import { sojournTimes } from "./charts/sojourn-times.js";
import { tasksByClass } from "./charts/tasks-by-class.js";
import { thresholdsOfClasses, tokens } from "./charts/thresholds.js";
import { totalQueue } from "./charts/total-queue.js";
import { views } from "./charts/views.js";
import { ControlPanel } from "./control-panel.js";
import { DetailsPanel } from "./details-panel.js";
import { byId } from "./element.js";
import { follow } from "./feed.js";
import { FleetPanel } from "./fleet-panel.js";
import { Presentation } from "./presentation.js";
import { offerReport } from "./report.js";
import { StatusPanel } from "./status-panel.js";
import { offerThemes } from "./theme.js";
import { VerdictTable } from "./verdict-table.js";
import type { View } from "./view.js";

/** From the one that says most of its scenario: the first that applies to a run comes first on the page. */
const tellingCharts = [totalQueue(), tasksByClass(), busyServers(), serviceRates(), queueLengths(), jobsAtServers()];

offerThemes();
let latest: View | undefined;
const quantity = new QuantityChart();
const quantityCard = new ChartCard(quantity);
const table = new VerdictTable((name) => {
  quantity.selected = name;
  if (latest !== undefined) quantityCard.render(latest);
});
const telling = tellingCharts.map((chart) => new ChartCard(chart));
const learning = [learnedRank(), thresholdsOfClasses(), tokens()];
const queues = [queuesByClass(), queuesTogether(), positions()];
const further = [idleTimes(), shares(), sojournTimes(), ...learning, ...queues, views()];
const claims = [...telling, ...further.map((chart) => new ChartCard(chart))];
const running = operations().map((chart) => new ChartCard(chart));
const actions = new Actions();
const fleet = new FleetPanel(actions);
const controls = new ControlPanel(actions);
const presentation = new Presentation();
const panels = [new StatusPanel(), new DetailsPanel(), table, quantityCard, ...claims, fleet, controls, ...running];
offerReport(() => latest);

follow((view) => {
  const isOther = latest?.run.id !== view.run.id;
  latest = view;
  if (isOther) arrange(view);
  for (const panel of panels) panel.render(view);
});

/** Puts the chart that says most beside the verdict, and the others below. */
function arrange(view: View): void {
  const shown = claims.filter((card) => card.applies(view));
  const [first, ...rest] = shown;
  byId("claim").replaceChildren(...(first === undefined ? [] : [first.root]));
  const others = [fleet, controls, ...rest, quantityCard, ...running];
  byId("panels").replaceChildren(...others.map(({ root }) => root));
  // Until there is something to show they are hidden, so that nothing is seen to move.
  for (const id of ["verdicts", "details", "foot"]) byId(id).hidden = false;
  presentation.show(shown);
}
