import type { Reporter, TestCase, TestModule } from "vitest/node";
import { PACKAGES } from "./programs.js";

/** Says after the tests which were skipped and why. In CI, where every program should be installed, a missing one is a failure. */
export class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests("skipped")]);
    const wanting = skipped.filter((test) => test.meta().missing !== undefined);
    const others = skipped.filter((test) => noteOf(test) !== undefined);
    if (others.length > 0) say(`${others.length} skipped:`, others);
    if (wanting.length === 0) return;
    const programs = [...new Set(wanting.flatMap((test) => test.meta().missing ?? []))];
    const packages = [...new Set(programs.map((program) => PACKAGES[program]))];
    const remedy = `to run them too, on Debian: apt-get install ${packages.join(" ")}`;
    say(`${wanting.length} skipped, because ${programs.join(" and ")} cannot be found; ${remedy}`, wanting);
    if (!process.env.CI) return;
    console.log("\nIn CI (the environment variable CI is set) nothing may be missing: this run has failed.");
    process.exitCode = 1;
  }
}

function say(heading: string, tests: readonly TestCase[]): void {
  console.log(`\n${heading}`);
  for (const test of tests) {
    const note = noteOf(test);
    console.log(`  ${test.module.relativeModuleId}: ${test.fullName}${note === undefined ? "" : `\n    ${note}`}`);
  }
}

/** What a test said when it skipped itself. */
function noteOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === "skipped" ? result.note : undefined;
}
