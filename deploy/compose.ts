import type { DeployedSystem } from "./system.js";
import { dispatcherEnvironment, dispatcherName, peerEnvironment } from "./system.js";

/** A service of a compose file, as far as it is looked at here. */
export interface ComposeService {
  readonly environment?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
}

/** The service without some of its keys. */
export function without(service: ComposeService, keys: readonly string[]): ComposeService {
  return Object.fromEntries(Object.entries(service).filter(([key]) => !keys.includes(key)));
}

/** What to lay over a compose file for several dispatchers: further ones like the first, and what all must know of each other. */
export function dispatchersOverlay({ services }: ComposeFile, system: DeployedSystem): ComposeFile {
  const further = Array.from({ length: system.dispatchers - 1 }, (_, i) => {
    const { dispatcher } = services;
    const environment = { ...dispatcher.environment, ...dispatcherEnvironment(system, i + 1) };
    return [dispatcherName(i + 1), { ...without(dispatcher, ["build", "ports"]), environment }] as const;
  });
  const peer = { environment: peerEnvironment(system) };
  return {
    services: {
      dispatcher: { environment: dispatcherEnvironment(system, 0) },
      ...Object.fromEntries(further),
      "server-node": peer,
      "load-generator": peer,
    },
  };
}
