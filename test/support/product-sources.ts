import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a file says, by its path from the root. */
export type Sources = ReadonlyMap<string, string>;

/** All that the build compiles and bundles, and the benchmarks, with names that end in one of these. */
export function productSources(...endings: readonly string[]): Sources {
  const { include } = JSON.parse(readFileSync(join(ROOT, "tsconfig.build.json"), "utf8")) as { include: string[] };
  const files = [...include, "page", "bench"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => posix.join(folder, file)),
  );
  const wanted = files.filter((file) => endings.some((ending) => file.endsWith(ending)));
  return new Map(wanted.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
}
