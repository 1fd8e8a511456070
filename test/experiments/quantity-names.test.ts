import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Every file that gives measured values or predictions by the names of quantities, and one of those names. */
const NAMED = [
  ["experiments/queue-measurement.ts", "idle_servers"],
  ["experiments/queue-samples.ts", "kolmogorov_distance"],
  ["experiments/exact-predictions.ts", "idle_servers"],
  ["scenarios/rate-scaling/measurement.ts", "mean_cost"],
  ["scenarios/rate-scaling/predictions.ts", "mean_cost"],
  ["scenarios/jsq-heavy-traffic/slotted-measurement.ts", "unused_service"],
  ["scenarios/jsq-heavy-traffic/state-moments.ts", "perpendicular_moment_"],
  ["scenarios/jsq-heavy-traffic/predictions.ts", "kolmogorov_distance"],
  ["scenarios/jfsq-zero-waiting/states.ts", "collapse_value"],
  ["scenarios/jfsq-zero-waiting/predictions.ts", "collapse_probability"],
  ["scenarios/utility/measurement.ts", "mean_rank"],
  ["scenarios/utility/predictions.ts", "mean_rank"],
  ["scenarios/utility/tracking.ts", "utility_loss"],
  ["scenarios/spatial-graphs/measurement.ts", "neighbourhood_spread"],
  ["scenarios/spatial-graphs/predictions.ts", "neighbourhood_spread"],
  ["scenarios/fleet/measurement.ts", "busy_fraction"],
  ["scenarios/fleet/predictions.ts", "busy_fraction"],
] as const;

/** What the compiler says of copies of these files, as they are and with the name misspelt. */
describe("the name of a quantity", () => {
  const folder = mkdtempSync(join(tmpdir(), "equipoise-names-"));
  let complaints: readonly string[] = [];
  const complaintsOf = (copy: string): string[] => complaints.filter((line) => line.startsWith(`${copy}(`));

  beforeAll(async () => {
    for (const [i, [path, name]] of NAMED.entries()) {
      const text = readFileSync(join(ROOT, path), "utf8").replaceAll(
        /from "(\.[^"]*)"/g,
        (_, place: string) => `from "${join(ROOT, path, "..", place)}"`,
      );
      writeFileSync(join(folder, `right-${i}.ts`), text);
      writeFileSync(join(folder, `misspelt-${i}.ts`), text.replaceAll(name, `x${name}`));
    }
    const options = { rootDir: "/", typeRoots: [join(ROOT, "node_modules/@types")] };
    const settings = { extends: join(ROOT, "tsconfig.json"), compilerOptions: options, include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    complaints = await compile(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(NAMED.map(([path, name], i) => [path, name, i] as const))(
    "in %s does not compile but as it is declared, %s",
    (_path, _name, i) => {
      expect(complaintsOf(`right-${i}.ts`)).toEqual([]);
      expect(complaintsOf(`misspelt-${i}.ts`)).not.toEqual([]);
    },
  );
});

/** The errors of the compiler, one a line, each beginning with the file. */
async function compile(folder: string): Promise<string[]> {
  const compiler = join(ROOT, "node_modules/.bin/tsc");
  const run = promisify(execFile)(compiler, ["--noEmit", "--pretty", "false"], { cwd: folder });
  const output = await run.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
  return output.split("\n");
}
