import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { PageFeed } from "../../dispatcher/observation/page-feed.js";
import { describeRun } from "../../dispatcher/observation/run-description.js";
import { runState } from "../../dispatcher/observation/run-state.js";
import { RunWatch } from "../../dispatcher/observation/run-watch.js";
import { type QuantityEvidence, WITHIN_LIVE } from "../../experiments/evidence.js";
import { Run } from "../../experiments/run.js";
import type { Experiment } from "../../experiments/scenario.js";
import type { ControlOffer } from "../../live/http/control.js";
import type { DispatcherState } from "../../live/http/dispatcher-state.js";
import { noServerTotals } from "../../model/totals.js";
import type { ModelTime } from "../../model/units.js";
import { scenarioNamed } from "../../scenarios/index.js";
import { Twin } from "../../simulator/twin.js";

const PAGE = new URL("../../dist/page/", import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const TIME_UNIT_SECONDS = 0.05;
/** As often as a live dispatcher sends updates. */
const TICK_TIME: ModelTime = 5;
const WEIGHING_TIME: ModelTime = 50;
const SEED = "1";

export interface VirtualPageOptions {
  /** Of measuring, before anybody looks. */
  readonly measured: ModelTime;
  /** Servers that are gone or drained by then, with others in their processes. */
  readonly gone?: readonly number[];
  readonly drained?: readonly number[];
  readonly controls?: ControlOffer;
}

/** The page of a system in virtual time: what it shows depends on the seed only, and on no machine. */
export class VirtualPage {
  private readonly server: Server;
  private readonly experiment: Experiment;
  private readonly run: Run;
  private weighed: QuantityEvidence[] = [];
  private weighedAt = Number.NEGATIVE_INFINITY;
  private readonly twin: Twin;
  private readonly watch: RunWatch;
  private readonly feed: PageFeed;
  private now: ModelTime = 0;

  constructor(
    scenario: string,
    settings: Readonly<Record<string, string>>,
    private readonly options: VirtualPageOptions,
  ) {
    this.experiment = scenarioNamed(scenario).configure(settings, SEED);
    const { warmUpTime, system } = this.experiment;
    this.run = new Run(this.experiment, {
      ...{ warmUpTime, measuringTime: Number.POSITIVE_INFINITY, familyConfidence: 0.99 },
      ...{ looks: "always", within: WITHIN_LIVE },
    });
    this.watch = new RunWatch(() => this.now);
    this.twin = new Twin({ system, run: this.run, seed: SEED });
    this.follow();
    this.feed = new PageFeed({
      run: { ...describeRun(this.experiment), id: "virtual", controls: options.controls ?? null },
      experiment: this.experiment,
      watch: this.watch,
      fleet: this.twin.dispatcher,
      state: () => this.state(),
      now: () => this.now,
      servers: () => this.servers(),
      workload: () =>
        options.controls === undefined ? null : { arrivalRate: system.totalArrivalRate, seed: SEED, paused: false },
    });
    this.advance(warmUpTime + options.measured);
    this.server = createServer((request, response) => this.answer(request.url ?? "", response));
  }

  /** Returns the address of the page. */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Lets model time pass, and tells whoever looks. */
  advance(time: ModelTime): void {
    const until = this.now + time;
    const totals = noServerTotals();
    for (let next = this.now + TICK_TIME; next <= until; next += TICK_TIME) {
      while (this.now < next) this.twin.next();
      for (const [i, server] of this.twin.servers.entries()) {
        server.observe(this.now, totals);
        this.watch.serverReported(i, totals, server.rateAt(this.now));
      }
      this.feed.tick();
    }
  }

  /** Notes the time, and the sojourn times of all jobs. */
  private follow(): void {
    const { dispatcher } = this.twin;
    const submit = dispatcher.submit.bind(dispatcher);
    const complete = dispatcher.complete.bind(dispatcher);
    dispatcher.submit = (now, ...job) => {
      this.now = now;
      return submit(now, ...job);
    };
    dispatcher.complete = (now, ...completion) => {
      this.now = now;
      const isInTime = complete(now, ...completion);
      this.watch.jobCompleted(dispatcher.books.lastSojournTime);
      return isInTime;
    };
  }

  /** Weighed anew now and then: it takes milliseconds. */
  private get quantities(): QuantityEvidence[] {
    if (this.now >= this.weighedAt + WEIGHING_TIME) {
      this.weighedAt = this.now;
      this.weighed = this.run.evidence();
    }
    return this.weighed;
  }

  private servers() {
    const { gone = [], drained = [] } = this.options;
    // They leave at the very end: what they did while they were there is to be seen.
    const isOver = this.now > this.experiment.warmUpTime + this.options.measured - 10 * TICK_TIME;
    return this.twin.servers.flatMap((_, server) => {
      if (isOver && gone.includes(server)) return [];
      return [{ server, number: server, node: 0, isServing: !(isOver && drained.includes(server)) }];
    });
  }

  private state(): DispatcherState {
    const { totals, inFlight, policyName, information, learned, thresholds } = this.twin.dispatcher;
    const servers = this.servers().length;
    return {
      ...runState(
        {
          experiment: this.experiment,
          seed: SEED,
          timeUnitSeconds: TIME_UNIT_SECONDS,
          ...this.run.options,
          within: WITHIN_LIVE,
        },
        this.run,
        { quantities: this.quantities },
        this.now,
      ),
      policy: policyName,
      information: {
        messages: information.messages,
        bitsPerServer: information.bitsPerServer,
        learned: learned ?? null,
      },
      servers: { expected: this.experiment.system.servers, connected: servers },
      totals: { ...totals, inFlight },
      offences: 0,
      schedule: { sent: totals.offered, lag: 0.02 * totals.offered, heldUp: 0 },
      heldBackTime: 0,
      sojournTimeAtGenerator: null,
      lateness: {
        deliveries: totals.completed,
        totalSeconds: 0.001 * totals.completed,
        meanSeconds: 0.001,
        maxSeconds: 0.01,
      },
      nodes: [{ name: "server-node-0", servers, metricsUrl: null }],
      ...(thresholds === undefined ? {} : { thresholds }),
    };
  }

  private answer(url: string, response: ServerResponse): void {
    const [path = ""] = url.split("?");
    if (path === "/api/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      const unsubscribe = this.feed.subscribe((event) => response.write(event));
      response.on("close", unsubscribe);
      this.feed.tick();
      return;
    }
    const file = path === "/" ? "index.html" : path.slice(1);
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "text/plain" });
    response.end(readFileSync(fileURLToPath(new URL(file, PAGE))));
  }
}
