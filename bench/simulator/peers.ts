import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** M/M/10 at a load of 0.8 in the words of other simulation libraries. Each prints events per second of CPU time and a mean. */
const PROGRAMS: Readonly<Record<string, string>> = {
  simjs: `
const module = await import("simjs");
const Sim = module.default ?? module;
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
`,
  simscript: `
import { Simulation, Queue, Entity, Exponential } from "simscript";
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
await model.start();
console.log(((jobs + ended) / process.cpuUsage(before).user) * 1e6, model.waiting.averageLength);
`,
};

/** Installs the peers outside the project and measures each so many times. Those that cannot be had are left out, with the reason. */
export function measurePeers(repetitions: number): Map<string, number[] | string> {
  const folder = mkdtempSync(join(tmpdir(), "equipoise-peers-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module","private":true}');
  const found = new Map<string, number[] | string>();
  for (const [name, program] of Object.entries(PROGRAMS)) {
    try {
      execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", name], {
        cwd: folder,
        stdio: "pipe",
      });
      writeFileSync(join(folder, `${name}.mjs`), program);
      const events = name === "simscript" ? 40_000 : 800_000;
      const speeds = Array.from({ length: repetitions }, () => {
        const text = execFileSync(process.execPath, [`${name}.mjs`, String(events)], { cwd: folder, encoding: "utf8" });
        return Number(text.trim().split("\n").at(-1)?.split(" ")[0]);
      });
      found.set(name, speeds);
    } catch (error) {
      found.set(name, error instanceof Error ? error.message.split("\n")[0] : String(error));
    }
  }
  return found;
}
