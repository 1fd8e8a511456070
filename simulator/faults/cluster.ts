import { Dispatcher } from "../../dispatcher/dispatcher.js";
import { attend } from "../../dispatcher/peers.js";
import { RunWatch } from "../../dispatcher/run-watch.js";
import { type OnLoss, Switchboard } from "../../dispatcher/switchboard.js";
import { LoadGenerator } from "../../load-generator/load-generator.js";
import { DispatcherTarget } from "../../load-generator/targets/dispatcher-target.js";
import { jobSequence } from "../../load-generator/workload.js";
import { exponentialJobSizes } from "../../model/job-sizes/exponential.js";
import { type RandomStream, randomStream } from "../../model/random.js";
import { Run } from "../../scenarios/run.js";
import type { Experiment } from "../../scenarios/scenario.js";
import { ServerNode } from "../../server-node/server-node.js";
import { VirtualNetwork } from "./virtual-network.js";
import { VirtualProcess, type VirtualTime } from "./virtual-process.js";

export interface ClusterOptions {
  readonly experiment: Experiment;
  readonly nodes: number;
  readonly generators: number;
  readonly onLoss: OnLoss;
  readonly timeUnitSeconds: number;
  readonly heartbeatSeconds: number;
  /** For how long the generators send jobs. */
  readonly sendingSeconds: number;
  readonly seed: string;
}

/** A role that a process has, and another one after it, if it dies. */
export interface Station<Occupant> {
  process: VirtualProcess;
  occupant: Occupant;
  /** Whether the dispatcher can be reached from here. */
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
const URL = "ws://dispatcher";

/**
 * All the processes of a live system, in virtual time: the very drivers that run live, told another time and another
 * network.
 */
export class Cluster {
  readonly network: VirtualNetwork;
  readonly dispatcher: Station<DispatcherOccupant>;
  readonly nodes: Station<ServerNode>[];
  readonly generators: Station<LoadGenerator>[];
  /** What the processes said, with the time. */
  readonly said: string[] = [];
  private readonly identities: RandomStream;
  private processes = 0;

  constructor(
    readonly options: ClusterOptions,
    readonly time: VirtualTime,
  ) {
    this.network = new VirtualNetwork(time, randomStream(options.seed, "network"));
    this.identities = randomStream(options.seed, "identities");
    this.dispatcher = this.station((_station, process) => this.newDispatcher(process));
    this.nodes = Array.from({ length: options.nodes }, (_, index) =>
      this.station<ServerNode>((station, process) => this.newNode(station, process, index)),
    );
    this.generators = Array.from({ length: options.generators }, (_, index) =>
      this.station<LoadGenerator>((station, process) => this.newGenerator(station, process, index)),
    );
  }

  get leaseSeconds(): number {
    return BEATS_PER_LEASE * this.options.heartbeatSeconds;
  }

  kill(station: Station<unknown>, silently: boolean): void {
    station.process.kill();
    this.network.died(station.process, silently);
  }

  restartDispatcher(): void {
    this.dispatcher.process = this.newProcess();
    this.dispatcher.occupant = this.newDispatcher(this.dispatcher.process);
  }

  restartNode(index: number): void {
    const station = this.nodes[index];
    station.process = this.newProcess();
    station.occupant = this.newNode(station, station.process, index);
  }

  /** A generator that has died is another one when it is back: it knows nothing of the jobs that it sent. */
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

  private newDispatcher(process: VirtualProcess): DispatcherOccupant {
    const { experiment, seed, onLoss } = this.options;
    const { clock } = process;
    const dispatcher = new Dispatcher(experiment.system.policy, randomStream(seed, `policy/${this.processes}`));
    const run = new Run(experiment, {
      warmUpTime: 20,
      measuringTime: Number.POSITIVE_INFINITY,
      familyConfidence: 0.99,
    });
    const log = this.logger("dispatcher");
    const switchboard = new Switchboard({
      ...{ dispatcher, run, clock, onLoss, log },
      watch: new RunWatch(() => run.elapsed(clock.now())),
      identity: this.identity(),
      leaseSeconds: this.leaseSeconds,
      mostInFlight: MOST_IN_FLIGHT,
    });
    clock.every(this.options.heartbeatSeconds / 4, () => {
      switchboard.tick();
      run.tick(clock.now(), dispatcher);
    });
    this.network.listen(process, (transport) => attend(transport, switchboard, clock, log));
    return { dispatcher, switchboard, run };
  }

  private newNode(station: Station<ServerNode>, process: VirtualProcess, index: number): ServerNode {
    const { experiment, seed, nodes } = this.options;
    const { servers, server } = experiment.system;
    const first = Math.floor((index * servers) / nodes);
    const name = `node-${index}`;
    return new ServerNode({
      ...{ name, seed, model: server, firstServer: first, clock: process.clock },
      dispatcherUrl: URL,
      servers: Math.floor(((index + 1) * servers) / nodes) - first,
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
    const address = { url: URL, name, clock, process: this.identity(), origin: number(), secret: number() };
    const connect = this.network.connectFrom(process, () => station.reachable);
    const generator: LoadGenerator = new LoadGenerator({
      clock,
      target: (events) => new DispatcherTarget({ ...address, connect, log: this.logger(name) }, events),
      sequence: (start, change) =>
        jobSequence(
          {
            arrivals: {
              loop: "open",
              process: "poisson",
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
