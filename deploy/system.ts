/** A system in containers: how large it is, and how its processes find and trust each other. */
export interface DeployedSystem {
  readonly dispatchers: number;
  /** Containers of server nodes, with so many servers each. */
  readonly nodes: number;
  readonly serversPerNode: number;
  /** Whether dispatchers show a certificate, and all speak TLS with them. */
  readonly tls: boolean;
}

/** What is deployed unless the user says otherwise. */
export const USUAL_SYSTEM: DeployedSystem = { dispatchers: 2, nodes: 3, serversPerNode: 4, tls: false };

/** What runs unless the user says otherwise: over a network, and with several dispatchers, it can still be predicted. */
export const USUAL_RUN = { scenario: "fleet", policy: "jsq", timeUnit: "250ms", window: "150s" };

export const PORT = 7070;
/** The port of the metrics of server nodes and load generators. */
export const METRICS_PORT = 9100;

/** The name of a dispatcher in the containers' network, and of its service. @param number from 0 */
export function dispatcherName(number: number): string {
  return number === 0 ? "dispatcher" : `dispatcher-${number}`;
}

/** The names of all dispatchers, in the order of their numbers. */
export function dispatcherNames({ dispatchers }: DeployedSystem): string[] {
  return Array.from({ length: dispatchers }, (_, number) => dispatcherName(number));
}

function urlOf(name: string, { tls }: DeployedSystem): string {
  return `${tls ? "wss" : "ws"}://${name}:${PORT}`;
}

/** What a dispatcher must know of the others, as environment variables. */
export function dispatcherEnvironment(system: DeployedSystem, number: number): Record<string, string> {
  return {
    EQUIPOISE_PUBLIC_HOST: dispatcherName(number),
    EQUIPOISE_DISPATCHERS: String(system.dispatchers),
    EQUIPOISE_DISPATCHER_NUMBER: String(number),
    ...(number === 0 ? {} : { EQUIPOISE_FIRST_DISPATCHER: urlOf(dispatcherName(0), system) }),
  };
}

/** What server nodes and load generators must know of the dispatchers, as an environment variable. */
export function peerEnvironment(system: DeployedSystem): Record<string, string> {
  return {
    EQUIPOISE_DISPATCHER: dispatcherNames(system)
      .map((name) => urlOf(name, system))
      .join(","),
  };
}

/** The folder of secrets in a container. */
export const SECRETS = "/run/secrets/equipoise";

/** The files of the secrets that a process needs. Only a dispatcher has a certificate of its own. */
export function secretsOf({ tls }: DeployedSystem, isDispatcher: boolean): string[] {
  return ["token", ...(tls ? ["ca.crt"] : []), ...(tls && isDispatcher ? ["tls.crt", "tls.key"] : [])];
}

const VARIABLES: Readonly<Record<string, string>> = {
  ...{ token: "EQUIPOISE_TOKEN_FILE", "ca.crt": "NODE_EXTRA_CA_CERTS" },
  ...{ "tls.crt": "EQUIPOISE_TLS_CERT", "tls.key": "EQUIPOISE_TLS_KEY" },
};

/** Where a process finds its secrets, as environment variables. */
export function secretsEnvironment(system: DeployedSystem, isDispatcher: boolean): Record<string, string> {
  return Object.fromEntries(secretsOf(system, isDispatcher).map((name) => [VARIABLES[name], `${SECRETS}/${name}`]));
}

/** The file of Prometheus's configuration, from the root of the project. */
export function prometheusConfiguration({ tls }: DeployedSystem): string {
  return `dashboards/prometheus/prometheus.${tls ? "tls" : "compose"}.yml`;
}
