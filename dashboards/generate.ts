import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "./generated.js";
import { projectSources } from "./project-sources.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

for (const [path, text] of generatedFiles(projectSources(ROOT))) {
  const file = join(ROOT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
