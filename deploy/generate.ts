import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deployment, PLATFORMS, type Platform } from "./generated.js";
import { USUAL_SYSTEM } from "./system.js";

const absolute = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(absolute(path), "utf8");

for (const platform of Object.keys(PLATFORMS) as Platform[])
  writeFileSync(absolute(PLATFORMS[platform].path), deployment(platform, USUAL_SYSTEM, read));
