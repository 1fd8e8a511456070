import { parse, stringify } from "yaml";
import { scenarios } from "../scenarios/index.js";
import { type ComposeFile, dispatchersOverlay } from "./compose.js";
import { kubernetesObjects } from "./kubernetes.js";
import { type MountedFile, swarmStack } from "./swarm.js";
import { type DeployedSystem, prometheusConfiguration } from "./system.js";

/** Reads a file of the project. @param path from its root */
export type ReadFile = (path: string) => string;

/** Where a system can be deployed: the file that says how, and its beginning. */
export const PLATFORMS = {
  compose: {
    path: "deploy/compose/dispatchers.yml",
    about: "Several dispatchers: docker compose -f docker-compose.yml -f deploy/compose/dispatchers.yml up --build",
    write: (system: DeployedSystem, read: ReadFile): string => yaml(dispatchersOverlay(composeFile(read), system)),
  },
  swarm: {
    path: "deploy/swarm/stack.yml",
    about: "On a Docker Swarm: docs/machines.md says how. Of docker-compose.yml, as `docker stack deploy` takes it.",
    write: (system: DeployedSystem, read: ReadFile): string =>
      yaml(swarmStack(composeFile(read), system, mountedFiles(system))),
  },
  kubernetes: {
    path: "deploy/kubernetes/equipoise.yml",
    about: "On Kubernetes: docs/machines.md says how.",
    write: (system: DeployedSystem, read: ReadFile): string => {
      const images = { equipoise: "equipoise", prometheus: imageOf(composeFile(read), "prometheus") };
      return kubernetesObjects(system, images, prometheusFiles(system, read)).map(yaml).join("---\n");
    },
  },
};
export type Platform = keyof typeof PLATFORMS;

/** The file that deploys a system. */
export function deployment(platform: Platform, system: DeployedSystem, read: ReadFile): string {
  const { about, write } = PLATFORMS[platform];
  return `# Generated (npm run generate). ${about}\n${write(system, read)}`;
}

function yaml(content: unknown): string {
  return stringify(content, { aliasDuplicateObjects: false, lineWidth: 0 });
}

function composeFile(read: ReadFile): ComposeFile {
  return parse(read("docker-compose.yml"), { merge: true }) as ComposeFile;
}

/** The image of a service, where the environment names no other. */
function imageOf({ services }: ComposeFile, service: string): string {
  return String(services[service].image).replace(/^\$\{\w+:-(.*)\}$/, "$1");
}

/** What Prometheus reads, from the root of the project. */
function prometheusPaths(system: DeployedSystem): string[] {
  return [prometheusConfiguration(system), "dashboards/prometheus/rules.yml", "dashboards/prometheus/alerts.yml"];
}

function prometheusFiles(system: DeployedSystem, read: ReadFile): Record<string, string> {
  return Object.fromEntries(prometheusPaths(system).map((path) => [path.split("/").at(-1), read(path)]));
}

/** What services read, by service, and where. */
function mountedFiles(system: DeployedSystem): Record<string, readonly MountedFile[]> {
  const [configuration, ...rules] = prometheusPaths(system);
  const grafana = "dashboards/grafana";
  return {
    prometheus: [
      { path: configuration, target: "/etc/prometheus/prometheus.compose.yml" },
      ...rules.map((path) => ({ path, target: path.replace("dashboards", "/etc") })),
    ],
    grafana: [
      ...["dashboards/equipoise.yml", "datasources/prometheus.yml"].map((name) => ({
        path: `${grafana}/provisioning/${name}`,
        target: `/etc/grafana/provisioning/${name}`,
      })),
      ...["overview", ...scenarios.map(({ name }) => name)].map((name) => ({
        path: `${grafana}/dashboards/${name}.json`,
        target: `/var/lib/grafana/dashboards/${name}.json`,
      })),
    ],
  };
}
