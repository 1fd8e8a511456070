import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** All TypeScript of the product and its tests, by path from the root of the project; not that of packages that tests have of their own. */
export function projectSources(root: string): ReadonlyMap<string, string> {
  const { include } = JSON.parse(readFileSync(join(root, "tsconfig.build.json"), "utf8")) as { include: string[] };
  const files = [...include, "page", "test"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => posix.join(folder, file)),
  );
  return new Map(
    files
      .filter((file) => file.endsWith(".ts") && !file.includes("/node_modules/"))
      .map((file) => [file, readFileSync(join(root, file), "utf8")]),
  );
}
