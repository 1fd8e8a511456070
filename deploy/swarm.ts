import { type ComposeFile, type ComposeService, without } from "./compose.js";
import {
  type DeployedSystem,
  dispatcherEnvironment,
  dispatcherName,
  peerEnvironment,
  SECRETS,
  secretsEnvironment,
  secretsOf,
  USUAL_RUN,
} from "./system.js";

/** A file that a service reads: `docker stack deploy` hands it to whichever host needs it. */
export interface MountedFile {
  /** From the root of the project. */
  readonly path: string;
  /** In the container. */
  readonly target: string;
}

/**
 * What services of a stack do not have, or say in another way. No health checks: a swarm gives a task its name only when it is healthy, so that
 * processes that become ready by finding each other never would, and it kills those that are not.
 */
const ONLY_COMPOSE = [
  ...["build", "depends_on", "profiles", "security_opt", "ports", "networks", "healthcheck"],
  ...["mem_limit", "cpus", "pids_limit", "scale", "restart", "tmpfs", "volumes"],
];

/**
 * The stack of a compose file, for `docker stack deploy`: dispatchers, server nodes and the load generator wherever there is room, Prometheus and
 * Grafana on a manager. Its token and certificates are secrets of the swarm.
 *
 * @param files of the services that read some, by service
 */
export function swarmStack(
  { services }: ComposeFile,
  system: DeployedSystem,
  files: Readonly<Record<string, readonly MountedFile[]>>,
): object {
  const { dispatchers, nodes, serversPerNode } = system;
  const secret = (isDispatcher: boolean) => ({
    environment: secretsEnvironment(system, isDispatcher),
    secrets: mounted(secretsOf(system, isDispatcher)),
  });
  const peer = { ...secret(false), more: peerEnvironment(system) };
  const onManager = { placement: { constraints: ["node.role == manager"] } };
  const run = {
    EQUIPOISE_SCENARIO: `\${EQUIPOISE_SCENARIO:-${USUAL_RUN.scenario}}`,
    EQUIPOISE_SET: `\${EQUIPOISE_SET:-servers=${nodes * serversPerNode} policy=${USUAL_RUN.policy}}`,
    EQUIPOISE_TIME_UNIT: `\${EQUIPOISE_TIME_UNIT:-${USUAL_RUN.timeUnit}}`,
  };
  const dispatcher = (number: number): object =>
    inSwarm(services.dispatcher, { ...secret(true), more: { ...run, ...dispatcherEnvironment(system, number) } });
  return {
    version: "3.9",
    services: {
      ...Object.fromEntries(Array.from({ length: dispatchers }, (_, k) => [dispatcherName(k), dispatcher(k)])),
      "server-node": inSwarm(services["server-node"], {
        ...peer,
        more: { ...peer.more, EQUIPOISE_SERVERS: String(serversPerNode) },
        deploy: { replicas: nodes },
      }),
      "load-generator": inSwarm(services["load-generator"], peer),
      prometheus: inSwarm(services.prometheus, {
        secrets: mounted(system.tls ? ["ca.crt"] : []),
        configs: configsOf(files.prometheus),
        volumes: ["prometheus:/prometheus"],
        deploy: onManager,
      }),
      grafana: inSwarm(services.grafana, { configs: configsOf(files.grafana), deploy: onManager }),
    },
    networks: { equipoise: { driver: "overlay", attachable: true } },
    volumes: { prometheus: {} },
    secrets: Object.fromEntries(
      secretsOf(system, true).map((name) => [name, { external: true, name: `equipoise-${name}` }]),
    ),
    configs: Object.fromEntries(
      Object.values(files)
        .flat()
        .map((file) => [nameOf(file), { file: `../../${file.path}` }]),
    ),
  };
}

interface Additions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly more?: Readonly<Record<string, string>>;
  readonly secrets?: readonly object[];
  readonly configs?: readonly object[];
  readonly volumes?: readonly string[];
  readonly deploy?: object;
}

/** A service as a stack has it. Names are those of tasks and not of a virtual address, so that each can be reached by itself. */
function inSwarm(
  service: ComposeService,
  { environment, more, volumes = [], deploy, ...additions }: Additions,
): object {
  const { mem_limit: memory, cpus, pids_limit: pids, tmpfs } = service;
  const { EQUIPOISE_READY_FILE: readyFile, ...own } = service.environment ?? {};
  const targets = (Array.isArray(tmpfs) ? tmpfs : [])
    .map((one) => String(one).split(":")[0])
    .filter((target) => !readyFile?.startsWith(`${target}/`));
  const limits = { cpus: String(cpus), memory, ...(pids === undefined ? {} : { pids }) };
  return {
    ...without(service, ONLY_COMPOSE),
    ...additions,
    environment: { ...own, ...environment, ...more },
    volumes: [...volumes, ...targets.map((target) => ({ type: "tmpfs", target }))],
    networks: ["equipoise"],
    deploy: {
      replicas: 1,
      endpoint_mode: "dnsrr",
      restart_policy: { condition: "on-failure" },
      resources: { limits },
      ...deploy,
    },
  };
}

function mounted(secrets: readonly string[]): object[] {
  return secrets.map((source) => ({ source, target: `${SECRETS}/${source}` }));
}

function configsOf(files: readonly MountedFile[] = []): object[] {
  return files.map((file) => ({ source: nameOf(file), target: file.target }));
}

function nameOf({ path }: MountedFile): string {
  return path.split("/").at(-1) ?? path;
}
