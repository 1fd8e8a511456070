import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../model/errors.js";

/**
 * M/M/10 at load 0.8 in other simulation libraries. Each program takes a number of events and prints events per second of CPU
 * time and a mean. An event is an arrival or a departure.
 */
const SIMJS = `
globalThis.window = globalThis; // It is a bundle for browsers.
await import("simjs");
const { Sim } = window;
const random = new Sim.Random(1);
const servers = new Sim.Facility("servers", Sim.Facility.FCFS, 10);
let jobs = 0, ended = 0;
class Source extends Sim.Entity {
  start() { this.setTimer(random.exponential(8)).done(this.arrive); }
  arrive() {
    jobs++;
    this.useFacility(servers, random.exponential(1)).done(() => { ended++; });
    this.setTimer(random.exponential(8)).done(this.arrive);
  }
}
const sim = new Sim.Sim();
sim.addEntity(Source);
const before = process.cpuUsage();
sim.simulate(Number(process.argv[2]) / 16);
console.log(((jobs + ended) / process.cpuUsage(before).user) * 1e6, servers.queueStats().sizeSeries.average());
`;
const SIMSCRIPT = `
import { Simulation, Queue, Entity, Exponential } from "simscript";
globalThis.requestAnimationFrame = setImmediate; // It was written for browsers.
let jobs = 0, ended = 0;
class Customer extends Entity {
  async script() {
    jobs++;
    await this.enterQueue(this.simulation.waiting);
    await this.enterQueue(this.simulation.servers);
    this.leaveQueue(this.simulation.waiting);
    await this.delay(this.simulation.service.sample());
    this.leaveQueue(this.simulation.servers);
    ended++;
  }
}
class Model extends Simulation {
  waiting = new Queue("waiting");
  servers = new Queue("servers", 10);
  service = new Exponential(1);
  onStarting() { super.onStarting(); this.generateEntities(Customer, new Exponential(1 / 8)); }
}
const model = new Model({ timeEnd: Number(process.argv[2]) / 16 });
const before = process.cpuUsage();
await new Promise((resolve) => {
  model.onFinished = resolve;
  model.start();
});
console.log(((jobs + ended) / process.cpuUsage(before).user) * 1e6, model.waiting.averageLength);
`;
const SIMPY = `
import random, sys, time
import simpy
env = simpy.Environment()
servers = simpy.Resource(env, capacity=10)
jobs = ended = 0
def job():
    global ended
    with servers.request() as request:
        yield request
        yield env.timeout(random.expovariate(1))
    ended += 1
def source():
    global jobs
    while True:
        yield env.timeout(random.expovariate(8))
        jobs += 1
        env.process(job())
random.seed(1)
env.process(source())
before = time.process_time()
env.run(until=int(sys.argv[1]) / 16)
print((jobs + ended) / (time.process_time() - before), len(servers.queue))
`;

/** The results of one peer, or why there are none. */
export interface PeerSpeeds {
  readonly name: string;
  /** In millions of events a second. */
  readonly speeds: readonly number[];
  readonly why?: string;
}

const GIVE_UP_AFTER_MS = 120_000;

/** Installs the libraries outside the project, or uses those installed on the machine, and measures each several times. */
export function measurePeers(repetitions: number): PeerSpeeds[] {
  const folder = mkdtempSync(join(tmpdir(), "equipoise-peers-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module","private":true}');
  const install = (name: string): void => {
    run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", name], folder);
  };
  const measure = (name: string, prepare: () => void, command: string, flags: string[], events: number): PeerSpeeds => {
    try {
      prepare();
      const speeds = Array.from({ length: repetitions }, () => {
        const lines = run(command, [...flags, String(events)], folder)
          .trim()
          .split("\n");
        return Number(lines[lines.length - 1].split(" ")[0]) / 1e6;
      });
      return { name, speeds };
    } catch (error) {
      return { name, speeds: [], why: whyOf(error) };
    }
  };
  const inNode = (name: string, program: string, events: number): PeerSpeeds => {
    writeFileSync(join(folder, `${name}.mjs`), program);
    return measure(name, () => install(name), process.execPath, [`${name}.mjs`], events);
  };
  // Debian's python3-simpy3 belongs to Debian's own Python.
  const python = run("sh", [
    "-c",
    "python3 -c 'import simpy' 2>/dev/null && echo python3 || echo /usr/bin/python3",
  ]).trim();
  const version = (): void => void run(python, ["-c", "import simpy"], folder);
  return [
    inNode("simjs", SIMJS, 800_000),
    inNode("simscript", SIMSCRIPT, 40_000),
    measure("SimPy", version, python, ["-c", SIMPY], 400_000),
  ];
}

/** The last line of output of a failed program. */
function whyOf(error: unknown): string {
  const lines = messageOf(error).split("\n");
  return lines.find((line) => /^\w*Error/.test(line)) ?? lines[0];
}

function run(command: string, flags: readonly string[], cwd?: string): string {
  return execFileSync(command, flags, { cwd, encoding: "utf8", stdio: "pipe", timeout: GIVE_UP_AFTER_MS });
}
