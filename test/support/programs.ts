import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestOptions } from "vitest";

/** The programs that tests drive beside node, each with Debian's package that has it. */
export const PACKAGES = {
  chromium: "chromium",
  prometheus: "prometheus",
  promtool: "prometheus",
  openssl: "openssl",
  haproxy: "haproxy",
  nginx: "nginx",
  script: "bsdutils",
  prlimit: "util-linux",
} as const;
export type Program = keyof typeof PACKAGES;

declare module "vitest" {
  interface TaskMeta {
    /** The programs for want of which a test is skipped: test/support/skip-reporter.ts tells of them. */
    missing?: readonly Program[];
  }
}

/** Where Debian puts services, which is not in everybody's PATH. */
const SERVICES = "/usr/sbin";

/** Where a program is, by PATH; undefined if it is not installed. */
export function findProgram(name: Program): string | undefined {
  const path = process.env.PATH ?? "";
  return [...path.split(delimiter), SERVICES].map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Options of a test, or of a group of them, that drives these programs: it is skipped where one of them is missing. */
export function needs(...programs: readonly Program[]): TestOptions {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  return missing.length === 0 ? {} : { skip: true, meta: { missing } };
}
