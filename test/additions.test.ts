import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXIT } from "../live/processes/process.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** A change of one file: a new one, or text put before each anchor, which must be there. */
type Change = { readonly file: string } & (
  | { readonly create: string }
  | { readonly before: Readonly<Record<string, string>> }
);

/** What is added, as the table of ARCHITECTURE.md names it, the files that it says are touched, and the changes. */
interface Addition {
  readonly what: string;
  readonly changes: readonly Change[];
}

const ADDITIONS: readonly Addition[] = [
  {
    what: "a routing policy",
    changes: [
      {
        file: "policies/first-member.ts",
        create: `import { family } from "../model/family.js";
import { NO_INFORMATION, NO_SERVER, type PolicyDefinition, type PolicyFactory } from "./policy.js";

export const definition: PolicyDefinition = {
  fleet: "any",
  summary: "whichever server has been a member for longest",
  guide: { stable: "never", theory: "none", use: "in tests", avoid: "elsewhere", products: "-" },
  family: family("first-member", {}, () => firstMember),
};

const firstMember: PolicyFactory = (fleet) => ({
  name: "first-member",
  knows: [],
  information: NO_INFORMATION,
  choose: () => (fleet.members.size === 0 ? NO_SERVER : fleet.members.at(0)),
});
`,
      },
      {
        file: "policies/index.ts",
        before: {
          "import { definition as jfsq }": 'import { definition as firstMember } from "./first-member.js";\n',
          "  ...[jiq, jfsq,": "  firstMember,\n",
        },
      },
    ],
  },
  {
    what: "a law of job sizes",
    changes: [
      {
        file: "model/job-sizes/coin.ts",
        create: `import type { JobSizeLaw } from "./job-size-law.js";

/** Works of 1/2 or 3/2, each as likely. */
export const coinJobSizes: JobSizeLaw = {
  name: "coin",
  mean: 1,
  squaredVariation: 0.25,
  distribution: (x) => (x < 0.5 ? 0 : x < 1.5 ? 0.5 : 1),
  sequence: (random) => ({ next: () => (random() < 0.5 ? 0.5 : 1.5) }),
};
`,
      },
      {
        file: "model/job-sizes/index.ts",
        before: {
          "import { constantJobSizes }": 'import { coinJobSizes } from "./coin.js";\n',
          '  family("exponential"': '  family("coin", {}, () => coinJobSizes),\n',
        },
      },
    ],
  },
  {
    what: "a law of arrivals",
    changes: [
      {
        file: "model/arrivals/late-start.ts",
        create: `import { exponential, type RandomStream } from "../random.js";
import type { Rate } from "../units.js";
import type { ArrivalProcess } from "./arrival-process.js";

/** A Poisson process under another name. */
export function lateStartArrivals(arrivalRate: Rate, random: RandomStream): ArrivalProcess {
  return {
    name: "late-start",
    gaps: { mean: 1 / arrivalRate, squaredVariation: 1, distribution: (x) => -Math.expm1(-arrivalRate * x) },
    next: (previous) => previous + exponential(random, 1 / arrivalRate),
  };
}
`,
      },
      {
        file: "model/arrivals/index.ts",
        before: {
          "import { markovModulatedArrivals }": 'import { lateStartArrivals } from "./late-start.js";\n',
          '  family("constant", {}, () => process': '  family("late-start", {}, () => process(lateStartArrivals)),\n',
        },
      },
    ],
  },
  {
    what: "a scenario",
    changes: [
      {
        file: "scenarios/mirror/index.ts",
        create: `import type { Scenario } from "../../experiments/scenario.js";
import { fleet } from "../fleet/index.js";

/** Another name for the same experiment. */
export const mirror: Scenario = {
  ...fleet,
  name: "mirror",
  configure: (settings, seed) => ({ ...fleet.configure(settings, seed), scenario: mirror }),
};
`,
      },
      {
        file: "scenarios/index.ts",
        before: {
          "import { rateScaling }": 'import { mirror } from "./mirror/index.js";\n',
          "  rateScaling,\n": "  mirror,\n",
        },
      },
    ],
  },
  {
    what: "a prediction",
    changes: [
      {
        file: "theory/queues/utilisation.ts",
        create: `/** The fraction of time that servers are busy at most: all the work that arrives, over what they can do. */
export function utilisation(arrivalRate: number, serviceRate: number): number {
  return arrivalRate / serviceRate;
}
`,
      },
      {
        file: "scenarios/fleet/predictions.ts",
        before: {
          "import { ExactFleet": 'import { utilisation } from "../../theory/queues/utilisation.js";\n',
          "  if (Number.isFinite(buffer)) return":
            '  if (buffer === 1) return byQuantity([["busy_fraction", exact(utilisation(system.arrivalRate, rates[0]), "an addition")]]);\n',
        },
      },
    ],
  },
  {
    what: "a quantity",
    changes: [
      {
        file: "scenarios/fleet/quantities.ts",
        before: {
          "  busy_fraction: queue":
            '  twice_busy_fraction: { description: "busy twice over", unit: "", floor: 0.2 },\n',
        },
      },
      {
        file: "scenarios/fleet/measurement.ts",
        before: {
          '      ["busy_fraction"': '      ["twice_busy_fraction", meanOf(this.busy.estimate())],\n',
        },
      },
    ],
  },
  {
    what: "a metric",
    changes: [
      {
        file: "live/http/metric-definitions.ts",
        before: {
          "  equipoise_jobs_offered_total:":
            '  equipoise_jobs_twice_total: counter("dispatcher", "jobs", "Jobs offered, counted twice."),\n',
        },
      },
      {
        file: "dispatcher/observation/metrics.ts",
        before: {
          '  page.set("equipoise_jobs_offered_total"':
            '  page.set("equipoise_jobs_twice_total", 2 * totals.offered);\n',
        },
      },
    ],
  },
];

/** The table of ARCHITECTURE.md: what is added, and the files touched. */
function documented(): Map<string, string[]> {
  const rows = readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8").matchAll(/^\| (an? [a-z ]+) \| (`.+`) \|/gm);
  return new Map([...rows].map(([, what, files]) => [what, [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file)]));
}

/** Whether a file is what a pattern such as `policies/NAME.ts` says. */
function fits(pattern: string, file: string): boolean {
  return new RegExp(`^${pattern.replaceAll(".", "\\.").replace(/[A-Z]+/g, "[a-z-]+")}$`).test(file);
}

describe("an addition", () => {
  const copy = mkdtempSync(join(tmpdir(), "equipoise-additions-"));
  const run = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: copy, encoding: "utf8" });
  const equipoise = (...args: string[]): string => run("dist/cli/main.js", ...args);
  /** Of a run too short to be decided. */
  const undecided = (...args: string[]): string => {
    const { status, stdout } = spawnSync(process.execPath, ["dist/cli/main.js", ...args], {
      cwd: copy,
      encoding: "utf8",
    });
    expect(status).toBe(EXIT.undecided);
    return stdout;
  };

  beforeAll(() => {
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    for (const file of files.split("\0").filter((name) => /\.(ts|json|css|html|svg|md)$/.test(name))) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(ROOT, file), join(copy, file));
    }
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    for (const change of ADDITIONS.flatMap(({ changes }) => changes)) apply(copy, change);
    run("node_modules/typescript/bin/tsc", "--project", "tsconfig.build.json");
  }, 180_000);
  afterAll(() => rmSync(copy, { recursive: true }));

  it.each(ADDITIONS)("of $what touches the files that ARCHITECTURE.md says, and no others", ({ what, changes }) => {
    const patterns = documented().get(what) ?? [];
    expect(patterns).toHaveLength(changes.length);
    for (const [i, { file }] of changes.entries()) expect(fits(patterns[i], file)).toBe(true);
  });

  it("is documented only if it is tried here", () => {
    expect([...documented().keys()].sort()).toEqual(ADDITIONS.map(({ what }) => what).sort());
  });

  it("of a policy reaches the list and every scenario that lets one choose", () => {
    expect(equipoise("list")).toContain("first-member");
    for (const scenario of ["rate-scaling", "jsq-heavy-traffic", "jfsq-zero-waiting", "utility", "fleet"]) {
      expect(equipoise("describe", scenario)).toContain("first-member");
      expect(equipoise("predict", scenario, "--set", "policy=first-member").length).toBeGreaterThan(0);
    }
    const flags = ["--set", "policy=first-member", "--set", "buffer=2", "--duration", "300u"];
    expect(undecided("simulate", "fleet", ...flags)).toContain("policy first-member");
  });

  it("of a law of sizes and of arrivals reaches the load generator", () => {
    const flags = ["--arrivals", "late-start", "--sizes", "coin", "--self-test", "--jobs", "1000"];
    const report = run("dist/load-generator/main.js", ...flags);
    expect(report).toContain("late-start");
    expect(report).toContain("coin");
    expect(run("dist/load-generator/main.js", "--help")).toMatch(/late-start[\s\S]*coin/);
  });

  it("of a scenario reaches every command and the dashboards", () => {
    expect(equipoise("list")).toContain("mirror");
    expect(equipoise("describe", "mirror")).toContain("mean_waiting_time");
    expect(undecided("simulate", "mirror", "--duration", "300u")).toContain("mean_waiting_time");
    run("dist/dashboards/generate.js");
    expect(readFileSync(join(copy, "dashboards/grafana/dashboards/mirror.json"), "utf8")).toContain("mirror");
  });

  it("of a prediction reaches the table of predictions", () => {
    expect(equipoise("predict", "fleet", "--set", "buffer=1")).toContain("an addition");
  });

  it("of a quantity reaches tables, JSON and dashboards", () => {
    expect(equipoise("describe", "fleet")).toContain("busy twice over");
    const result = JSON.parse(undecided("simulate", "fleet", "--duration", "300u", "--json", "-"));
    const names = (result as { quantities: { name: string; measured: number }[] }).quantities;
    expect(names.find(({ name }) => name === "twice_busy_fraction")?.measured).toBeGreaterThan(0);
  });

  it("of a metric reaches the documents", () => {
    run("dist/dashboards/generate.js");
    expect(readFileSync(join(copy, "docs/metrics.md"), "utf8")).toContain("equipoise_jobs_twice_total");
  });
});

function apply(copy: string, change: Change): void {
  const file = join(copy, change.file);
  if ("create" in change) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, change.create);
    return;
  }
  let text = readFileSync(file, "utf8");
  for (const [anchor, added] of Object.entries(change.before)) {
    if (!text.includes(anchor))
      throw new Error(`${change.file} no longer has "${anchor}": say where the addition goes now`);
    text = text.replace(anchor, `${added}${anchor}`);
  }
  writeFileSync(file, text);
}
