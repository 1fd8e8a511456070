import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, UserError } from "../model/errors.js";
import { policies } from "./index.js";
import { type PlugInFactory, plugIns, policyOfPlugIn } from "./plug-in.js";

/**
 * Loads the policies among these that are modules of the user's own, a path or an installed package, so that they can be named
 * from now on. Only what was written on this process's own command line may be given here: a module may do anything.
 *
 * @param texts as in `--set policy=TEXT`; names of other policies, and what is neither, are left alone
 * @throws UserError if a module cannot be loaded, or exports no policy
 */
export async function loadPlugIns(texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const file = plugIns.has(text) ? undefined : fileOf(text);
    if (file !== undefined) plugIns.set(text, policyOfPlugIn(text, nameOf(text), await factoryIn(file, text)));
  }
}

/** The policies named by settings of the form `name=value`, for `loadPlugIns`. */
export function policiesIn(settings: readonly string[]): string[] {
  return settings.flatMap((setting) => /^\s*policy\s*=\s*(.*?)\s*$/s.exec(setting)?.[1] ?? []);
}

function fileOf(text: string): string | undefined {
  if (policies.some(({ family }) => family.name === text.split(":", 1)[0])) return undefined;
  if (/^\.{0,2}\//.test(text) || /\.[cm]?js$/.test(text)) return resolve(text);
  try {
    return createRequire(join(process.cwd(), "from-here.js")).resolve(text);
  } catch {
    return undefined;
  }
}

function nameOf(text: string): string {
  return basename(text).replace(/\.[cm]?js$/, "");
}

async function factoryIn(file: string, text: string): Promise<PlugInFactory> {
  const name = nameOf(text);
  if (policies.some(({ family }) => family.name === name))
    throw new UserError(`policy ${text}: "${name}" is the name of another policy; give the file another name`);
  const url = pathToFileURL(file).href;
  let exported: { readonly default?: unknown };
  try {
    exported = await import(url);
  } catch (error) {
    throw new UserError(`policy ${text}: cannot be loaded: ${messageOf(error)}`);
  }
  if (typeof exported.default !== "function")
    throw new UserError(`policy ${text}: must export by default a function (fleet, random) that makes a policy`);
  return exported.default as PlugInFactory;
}
