import { ControlPanel } from "./control-panel.js";
import { IdleTimesPanel, QueueLengthsPanel, SojournTimesPanel } from "./distribution-panels.js";
import { byId } from "./element.js";
import { follow } from "./feed.js";
import { FleetPanel } from "./fleet-panel.js";
import { PlacesPanel } from "./places-panel.js";
import { RunPanel } from "./run-panel.js";
import { offerThemes } from "./theme.js";
import { operationPanels, QuantityPanel, ServiceRatesPanel } from "./time-panels.js";
import { VerdictTable } from "./verdict-table.js";
import type { View } from "./view.js";

offerThemes();
let latest: View | undefined;
const quantity = new QuantityPanel();
const table = new VerdictTable((name) => {
  quantity.selected = name;
  if (latest !== undefined) quantity.render(latest);
});
const cards = [
  new ServiceRatesPanel(),
  quantity,
  new IdleTimesPanel(),
  new QueueLengthsPanel(),
  new SojournTimesPanel(),
  new FleetPanel(),
  new PlacesPanel(),
  ...operationPanels(),
];
byId("panels").append(...cards.map(({ card }) => card.root));
const panels = [new RunPanel(), new ControlPanel(), table, ...cards];
follow((view) => {
  latest = view;
  for (const panel of panels) panel.render(view);
});
