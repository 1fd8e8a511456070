import { ObserverLink } from "../../dispatcher/connections/observer-link.js";
import { attend } from "../../dispatcher/connections/peers.js";
import { type OnLoss, Switchboard } from "../../dispatcher/connections/switchboard.js";
import { Dispatcher } from "../../dispatcher/core/dispatcher.js";
import { sharedFleetOf } from "../../dispatcher/core/shared-fleet.js";
import { RunWatch } from "../../dispatcher/observation/run-watch.js";
import { Run } from "../../experiments/run.js";
import type { Experiment } from "../../experiments/scenario.js";
import { LoadGenerator } from "../../load-generator/load-generator.js";
import { DispatcherTarget } from "../../load-generator/targets/dispatcher-target.js";
import { DividedTarget } from "../../load-generator/targets/divided-target.js";
import { jobSequence } from "../../load-generator/workload.js";
import { processNamed } from "../../model/arrivals/index.js";
import { exponentialJobSizes } from "../../model/job-sizes/exponential.js";
import { type RandomStream, randomStream } from "../../model/random.js";
import { serverModelOf } from "../../model/server-model.js";
import { ServerNode } from "../../server-node/server-node.js";
import { VirtualNetwork } from "./virtual-network.js";
import { VirtualProcess, type VirtualTime } from "./virtual-process.js";

export interface ClusterOptions {
  readonly experiment: Experiment;
  readonly dispatchers: number;
  readonly nodes: number;
  readonly generators: number;
  readonly onLoss: OnLoss;
  readonly timeUnitSeconds: number;
  readonly heartbeatSeconds: number;
  /** How long the generators send jobs. */
  readonly sendingSeconds: number;
  readonly seed: string;
}

/** A role, filled by a process and, after it dies, by its successor. */
export interface Station<Occupant> {
  process: VirtualProcess;
  occupant: Occupant;
  /** Whether the dispatchers can be reached from here. */
  reachable: boolean;
}

export interface DispatcherOccupant {
  readonly dispatcher: Dispatcher;
  readonly switchboard: Switchboard;
  readonly run: Run;
}

const REPORT_SECONDS = 0.25;
const BEATS_PER_LEASE = 3;
const MOST_IN_FLIGHT = 1_000_000;

/**
 * All processes of a live system in virtual time: the live drivers, with a virtual clock and network.
 */
export class Cluster {
  readonly network: VirtualNetwork;
  readonly dispatchers: Station<DispatcherOccupant>[];
  readonly nodes: Station<ServerNode>[];
  readonly generators: Station<LoadGenerator>[];
  /** Log of all processes, with times. */
  readonly said: string[] = [];
  private readonly identities: RandomStream;
  private processes = 0;

  constructor(
    readonly options: ClusterOptions,
    readonly time: VirtualTime,
  ) {
    this.network = new VirtualNetwork(time, randomStream(options.seed, "network"));
    this.identities = randomStream(options.seed, "identities");
    this.dispatchers = Array.from({ length: options.dispatchers }, (_, number) =>
      this.station<DispatcherOccupant>((station, process) => this.newDispatcher(station, process, number)),
    );
    this.nodes = Array.from({ length: options.nodes }, (_, index) =>
      this.station<ServerNode>((station, process) => this.newNode(station, process, index)),
    );
    this.generators = Array.from({ length: options.generators }, (_, index) =>
      this.station<LoadGenerator>((station, process) => this.newGenerator(station, process, index)),
    );
  }

  private get urls(): string[] {
    return this.dispatchers.map((_, number) => urlOf(number));
  }

  get leaseSeconds(): number {
    return BEATS_PER_LEASE * this.options.heartbeatSeconds;
  }

  kill(station: Station<unknown>, silently: boolean): void {
    station.process.kill();
    this.network.died(station.process, silently);
  }

  restartDispatcher(number: number): void {
    const station = this.dispatchers[number];
    station.process = this.newProcess();
    station.occupant = this.newDispatcher(station, station.process, number);
  }

  restartNode(index: number): void {
    const station = this.nodes[index];
    station.process = this.newProcess();
    station.occupant = this.newNode(station, station.process, index);
  }

  /** A restarted generator has a new identity: it does not know the jobs of its predecessor. */
  restartGenerator(index: number): void {
    const station = this.generators[index];
    station.process = this.newProcess();
    station.occupant = this.newGenerator(station, station.process, index);
  }

  private station<Occupant>(
    make: (station: Station<Occupant>, process: VirtualProcess) => Occupant,
  ): Station<Occupant> {
    const process = this.newProcess();
    const station = { process, reachable: true } as Station<Occupant>;
    station.occupant = make(station, process);
    return station;
  }

  private newProcess(): VirtualProcess {
    return new VirtualProcess(this.time, this.options.timeUnitSeconds);
  }

  private newDispatcher(
    station: Station<DispatcherOccupant>,
    process: VirtualProcess,
    number: number,
  ): DispatcherOccupant {
    const { experiment, seed, onLoss } = this.options;
    const { system } = experiment;
    const { clock } = process;
    const policyStream = randomStream(seed, `policy/${this.processes}`);
    const dispatcher = new Dispatcher(system.policy, policyStream, system.division?.views, system.timeout);
    const measured =
      system.division !== undefined && number === 0 ? sharedFleetOf(system, seed, dispatcher) : undefined;
    const run = new Run(experiment, {
      warmUpTime: 20,
      measuringTime: Number.POSITIVE_INFINITY,
      familyConfidence: 0.99,
    });
    const log = this.logger(`dispatcher-${number}`);
    const switchboard = new Switchboard({
      ...{ dispatcher, number, run, clock, onLoss, log, measured },
      watch: new RunWatch(() => run.elapsed(clock.now())),
      identity: this.identity(),
      leaseSeconds: this.leaseSeconds,
      mostInFlight: MOST_IN_FLIGHT,
    });
    clock.every(this.options.heartbeatSeconds / 4, () => {
      switchboard.tick();
      run.tick(clock.now(), measured ?? dispatcher);
    });
    this.network.listen(urlOf(number), process, (transport) => attend(transport, switchboard, clock, log));
    const occupant = { dispatcher, switchboard, run };
    if (number > 0) this.reportToFirst(station, process, number, occupant);
    return occupant;
  }

  /** One of several dispatchers reports to the first, as in the live system. */
  private reportToFirst(
    station: Station<DispatcherOccupant>,
    process: VirtualProcess,
    number: number,
    { dispatcher, switchboard, run }: DispatcherOccupant,
  ): void {
    const connect = this.network.connectFrom(process, () => station.reachable);
    const address = { url: urlOf(0), clock: process.clock, connect, process: this.identity() };
    const link = new ObserverLink({ ...address, log: this.logger(`dispatcher-${number}`) }, number, (changes) =>
      switchboard.manualChanges.make(changes),
    );
    process.clock.every(REPORT_SECONDS, () => {
      const { totals, inFlight, information, viewTotals } = dispatcher;
      link.report({
        ...{ isReady: run.phase !== "waiting", totals, inFlight, information: { ...information } },
        ...{
          views: viewTotals ?? null,
          sojournTimes: [],
          times: dispatcher.times.news(),
          whyVoid: run.whyVoid() ?? null,
        },
        heldBackTime: switchboard.backPressure.pausedTime,
      });
    });
  }

  private newNode(station: Station<ServerNode>, process: VirtualProcess, index: number): ServerNode {
    const { experiment, seed, nodes } = this.options;
    const { servers } = experiment.system;
    const first = Math.floor((index * servers) / nodes);
    const count = Math.floor(((index + 1) * servers) / nodes) - first;
    const name = `node-${index}`;
    return new ServerNode({
      ...{ name, seed, firstServer: first, servers: count, clock: process.clock },
      models: Array.from({ length: count }, (_, k) => serverModelOf(experiment.system, first + k)),
      dispatcherUrls: this.urls,
      connect: this.network.connectFrom(process, () => station.reachable),
      process: this.identity(),
      reportInterval: REPORT_SECONDS / process.clock.timeUnitSeconds,
      log: this.logger(name),
    });
  }

  private newGenerator(station: Station<LoadGenerator>, process: VirtualProcess, index: number): LoadGenerator {
    const { experiment, seed, generators, sendingSeconds, timeUnitSeconds } = this.options;
    const { clock } = process;
    const name = `generator-${index}`;
    const number = (): number => Math.floor(2 ** 32 * this.identities());
    const address = { name, clock, process: this.identity(), origin: number(), secret: number() };
    const connect = this.network.connectFrom(process, () => station.reachable);
    const generator: LoadGenerator = new LoadGenerator({
      clock,
      target: (events) => {
        const { urls } = this;
        const one = { ...address, connect, log: this.logger(name) };
        if (urls.length === 1) return new DispatcherTarget({ ...one, url: urls[0] }, events);
        return new DividedTarget({ ...one, urls, taskTypes: 1 }, events);
      },
      sequence: (start, change) =>
        jobSequence(
          {
            arrivals: {
              loop: "open",
              process: processNamed("poisson"),
              rate: (change?.arrivalRate ?? experiment.system.totalArrivalRate) / generators,
            },
            sizes: exponentialJobSizes,
            seed: `${change?.seed ?? seed}/${name}`,
            backlog: 0,
            taskTypes: 1,
          },
          start,
        ),
      share: { worker: 0, workers: 1 },
      warmUpTime: 0,
      measuringTime: Math.max(0, sendingSeconds - this.time.now) / timeUnitSeconds,
      jobs: Number.POSITIVE_INFINITY,
      maxInFlight: MOST_IN_FLIGHT,
      patienceSeconds: Number.POSITIVE_INFINITY,
      ready: () => generator.start(0),
      done: () => undefined,
    });
    return generator;
  }

  private identity(): string {
    return `${++this.processes}-${this.identities().toString(36).slice(2)}`;
  }

  private logger(name: string): (message: string) => void {
    return (message) => this.said.push(`${this.time.now.toFixed(4)} s ${name}: ${message}`);
  }
}

/** @param number of a dispatcher */
function urlOf(number: number): string {
  return `ws://dispatcher-${number}`;
}
