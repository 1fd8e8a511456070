import { Generator } from "../../load-generator/generator.js";
import { processNamed } from "../../model/arrivals/index.js";
import { jobSizeLawNamed } from "../../model/job-sizes/index.js";
import { randomStream } from "../../model/random.js";
import { policyNamed } from "../../policies/index.js";
import { NO_SERVER } from "../../policies/policy.js";
import { QueueingSystem } from "../../simulator/queueing-system.js";

/** A job as whoever writes a log sees it. Times in seconds. */
export interface LoggedJob {
  readonly arrival: number;
  readonly returned: number;
  readonly server: number;
  readonly size: number;
}

export interface LoggedFleet {
  /** Speeds of the servers. */
  readonly speeds: readonly number[];
  readonly load: number;
  readonly sizes: string;
  readonly arrivals?: string;
  readonly policy?: string;
  /** The mean size, in seconds at speed 1. */
  readonly meanSeconds: number;
  readonly jobs: number;
  readonly seed: string;
}

/** Remembers the job last taken. */
class Watched extends Generator {
  arrival = 0;
  work = 0;

  override take(): number {
    this.arrival = this.nextArrivalTime;
    this.work = super.take();
    return this.work;
  }
}

/** The jobs of a simulated fleet of servers that serve one at a time, in order of arrival. */
export function loggedJobs(fleet: LoggedFleet): LoggedJob[] {
  const { speeds, load, sizes, arrivals = "poisson", policy = "jsq", meanSeconds, jobs, seed } = fleet;
  const rate = load * speeds.reduce((sum, speed) => sum + speed, 0);
  const process = processNamed(arrivals).at(rate, randomStream(seed, "arrivals"));
  const source = new Watched(process, jobSizeLawNamed(sizes).sequence(randomStream(seed, "works")), 0);
  const logged: LoggedJob[] = [];
  const free = new Float64Array(speeds.length);
  const log = (server: number): void => {
    const { arrival, work } = source;
    free[server] = Math.max(free[server], arrival) + work / speeds[server];
    const [returned, size] = [free[server], work / speeds[server]].map((time) => time * meanSeconds);
    logged.push({ arrival: arrival * meanSeconds, returned, server, size });
  };
  const system = new QueueingSystem({
    ...{ servers: speeds.length, jobs: source, serviceRate: speeds, buffer: Number.POSITIVE_INFINITY, seed },
    policy: (view, random) => {
      const inner = policyNamed(policy)(view, random);
      const choose = inner.choose.bind(inner);
      inner.choose = (job, now) => {
        const server = choose(job, now);
        if (server !== NO_SERVER) log(server);
        return server;
      };
      return inner;
    },
  });
  while (logged.length < jobs) system.run(1000);
  return logged.slice(0, jobs);
}

const EPOCH_SECONDS = Date.UTC(2026, 10, 30, 9) / 1000;
/** A time cut to milliseconds, as proxies write it. */
const milliseconds = (seconds: number): number => Math.floor((seconds + EPOCH_SECONDS) * 1000);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function dateOf(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  return `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock}`;
}

type Writer = (job: LoggedJob) => string;

/** How each format writes a job: proxies count in milliseconds. */
export const logWriters: Readonly<Record<"nginx" | "haproxy" | "envoy" | "json" | "csv", Writer>> = {
  nginx({ arrival, returned, server }) {
    const [start, end] = [milliseconds(arrival), milliseconds(returned)];
    const took = ((end - start) / 1000).toFixed(3);
    const address = `10.0.0.${server}:8080`;
    return `192.0.2.7 - - [${dateOf(end)} +0000] "POST /jobs HTTP/1.1" 200 53 "-" "curl/8 (x; \\x22y\\x22)" ${took} ${address} ${took} ${(end / 1000).toFixed(3)}`;
  },
  haproxy({ arrival, returned, server }) {
    const [start, end] = [milliseconds(arrival), milliseconds(returned)];
    const took = end - start;
    const date = `${dateOf(start)}.${String(start % 1000).padStart(3, "0")}`;
    return `Nov 30 09:00:00 lb haproxy[7]: 192.0.2.7:3331 [${date}] jobs~ nodes/s${server} 0/0/0/${took}/${took} 200 53 - - ---- 1/1/1/1/0 0/0 "POST /jobs HTTP/1.1"`;
  },
  envoy({ arrival, returned, server }) {
    const [start, end] = [milliseconds(arrival), milliseconds(returned)];
    const took = end - start;
    return `[${new Date(start).toISOString()}] "POST /jobs HTTP/1.1" 200 - 12 53 ${took} ${took} "-" "curl/8" "b7f0-1" "jobs.test" "10.0.0.${server}:8080"`;
  },
  json({ arrival, returned, server }) {
    return JSON.stringify({
      arrival: arrival + EPOCH_SECONDS,
      response: returned - arrival,
      server: `s${server}`,
      bytes: 53,
    });
  },
  csv({ arrival, returned, server }) {
    return `${new Date(milliseconds(arrival)).toISOString()},${(returned - arrival).toFixed(6)},"s,${server}"`;
  },
};

/** The lines of a log, written as jobs end. */
export function logLines(format: keyof typeof logWriters, jobs: readonly LoggedJob[]): string[] {
  const lines = jobs.toSorted((a, b) => a.returned - b.returned).map(logWriters[format]);
  return format === "csv" ? ["arrival,response,server", ...lines] : lines;
}
