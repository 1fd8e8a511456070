import type { Deployment, StatefulSet } from "kubernetes-types/apps/v1.js";
import type { Job } from "kubernetes-types/batch/v1.js";
import type { ConfigMap, Container, EnvVar, PodSpec, Service, Volume } from "kubernetes-types/core/v1.js";
import {
  type DeployedSystem,
  dispatcherEnvironment,
  dispatcherName,
  METRICS_PORT,
  PORT,
  peerEnvironment,
  prometheusConfiguration,
  SECRETS,
  secretsEnvironment,
  secretsOf,
  USUAL_RUN,
} from "./system.js";

/** Images of the containers. */
export interface Images {
  readonly equipoise: string;
  readonly prometheus: string;
}

const READY_FILE = "/run/equipoise/ready";
/** The user of the image, and that of Prometheus's. */
const [NOBODY, PROMETHEUS_USER] = [65532, 65534];
/** What every object is labelled with, so that all can be selected. */
const PART_OF = { "app.kubernetes.io/part-of": "equipoise" };

const labelsOf = (name: string) => ({ ...PART_OF, "app.kubernetes.io/name": name });
const metadataOf = (name: string) => ({ name, labels: labelsOf(name) });
const variables = (values: Readonly<Record<string, string>>): EnvVar[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/**
 * The objects of a system on Kubernetes. Their schema is that of their types (`kubernetes-types`, made from Kubernetes' own).
 *
 * @param prometheus the files of its configuration, by name
 */
export function kubernetesObjects(
  system: DeployedSystem,
  images: Images,
  prometheus: Readonly<Record<string, string>>,
): readonly object[] {
  const numbers = Array.from({ length: system.dispatchers }, (_, number) => number);
  return [
    settings(system),
    ...numbers.flatMap((number) => [headless(dispatcherName(number), PORT), dispatcher(system, images, number)]),
    headless("server-node", METRICS_PORT),
    serverNodes(system, images),
    headless("load-generator", METRICS_PORT),
    loadGenerator(system, images),
    { apiVersion: "v1", kind: "ConfigMap", metadata: metadataOf("prometheus"), data: prometheus } satisfies ConfigMap,
    headless("prometheus", 9090),
    prometheusDeployment(system, images),
    verifyJob(images),
  ];
}

/** What runs: everything that a user may want to change in one place. */
function settings({ nodes, serversPerNode }: DeployedSystem): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadataOf("equipoise"),
    data: {
      EQUIPOISE_SCENARIO: USUAL_RUN.scenario,
      EQUIPOISE_SET: `servers=${nodes * serversPerNode} policy=${USUAL_RUN.policy}`,
      EQUIPOISE_SEED: "1",
      EQUIPOISE_TIME_UNIT: USUAL_RUN.timeUnit,
    },
  };
}

/** A name for every pod of a kind, also before it is ready: a dispatcher is ready only once all servers have found it. */
function headless(name: string, port: number): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(name),
    spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: labelsOf(name), ports: [{ port }] },
  };
}

/** A dispatcher is a deployment of its own, since each has a number and a name. */
function dispatcher(system: DeployedSystem, images: Images, number: number): Deployment {
  const environment = dispatcherEnvironment(system, number);
  const one = container(system, images, "dispatcher", ["dist/dispatcher/main.js"], environment);
  return deployment(dispatcherName(number), podOf(system, one));
}

function loadGenerator(system: DeployedSystem, images: Images): Deployment {
  const args = ["dist/load-generator/main.js", "--join", "--metrics-port", String(METRICS_PORT)];
  return deployment(
    "load-generator",
    podOf(system, container(system, images, "load-generator", args, peerEnvironment(system))),
  );
}

/** There is one of each at any time: two with the same part would get in each other's way. */
function deployment(name: string, spec: PodSpec): Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(name),
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: labelsOf(name) },
      template: { metadata: { labels: labelsOf(name) }, spec },
    },
  };
}

function serverNodes(system: DeployedSystem, images: Images): StatefulSet {
  const name = "server-node";
  const args = ["dist/server-node/main.js", "--join", "--metrics-port", String(METRICS_PORT)];
  const environment = { ...peerEnvironment(system), EQUIPOISE_SERVERS: String(system.serversPerNode) };
  const spread = { maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadataOf(name),
    spec: {
      serviceName: name,
      replicas: system.nodes,
      podManagementPolicy: "Parallel",
      selector: { matchLabels: labelsOf(name) },
      template: {
        metadata: { labels: labelsOf(name) },
        spec: {
          ...podOf(system, container(system, images, name, args, environment)),
          topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: labelsOf(name) } }],
        },
      },
    },
  };
}

/** Nobody in particular, without capabilities, on a file system that cannot be written. */
const CONFINED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** A container of our image. It has no limit of time: to be stopped for tens of milliseconds would void the run. */
function container(
  system: DeployedSystem,
  { equipoise }: Images,
  role: "dispatcher" | "server-node" | "load-generator",
  args: string[],
  environment: Readonly<Record<string, string>>,
): Container {
  return {
    name: role,
    image: equipoise,
    args,
    envFrom: [{ configMapRef: { name: "equipoise" } }],
    env: variables({
      EQUIPOISE_HOST: "0.0.0.0",
      EQUIPOISE_READY_FILE: READY_FILE,
      ...secretsEnvironment(system, role === "dispatcher"),
      ...environment,
    }),
    ports: [{ containerPort: role === "dispatcher" ? PORT : METRICS_PORT }],
    readinessProbe: { exec: { command: ["sh", "-c", `[ -e ${READY_FILE} ]`] }, periodSeconds: 20 },
    resources: { requests: { cpu: "250m", memory: "128Mi" }, limits: { memory: "512Mi" } },
    securityContext: CONFINED,
    volumeMounts: [
      { name: "ready", mountPath: "/run/equipoise" },
      { name: "secrets", mountPath: SECRETS, readOnly: true },
    ],
  };
}

/** A pod of ours. */
function podOf(system: DeployedSystem, one: Container): PodSpec {
  return {
    ...unprivileged(NOBODY),
    containers: [one],
    volumes: [
      { name: "ready", emptyDir: { medium: "Memory", sizeLimit: "64Ki" } },
      secretsVolume(secretsOf(system, one.name === "dispatcher")),
    ],
  };
}

/** Files of secrets: of `equipoise-token`, and of `equipoise-tls` where certificates are used. */
function secretsVolume(files: readonly string[]): Volume {
  const sources = files.map((key) => {
    const name = key === "token" ? "equipoise-token" : "equipoise-tls";
    return { secret: { name, items: [{ key, path: key }] } };
  });
  return { name: "secrets", projected: { defaultMode: 0o440, sources } };
}

function unprivileged(user: number): Omit<PodSpec, "containers"> {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user },
  };
}

function prometheusDeployment(system: DeployedSystem, { prometheus }: Images): Deployment {
  return deployment("prometheus", {
    ...unprivileged(PROMETHEUS_USER),
    containers: [
      {
        name: "prometheus",
        image: prometheus,
        args: [
          `--config.file=/etc/prometheus/${prometheusConfiguration(system).split("/").at(-1)}`,
          "--storage.tsdb.path=/prometheus",
          "--storage.tsdb.retention.time=1d",
        ],
        ports: [{ containerPort: 9090 }],
        readinessProbe: { httpGet: { path: "/-/ready", port: 9090 }, periodSeconds: 20 },
        resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "1Gi" } },
        securityContext: CONFINED,
        volumeMounts: [
          { name: "configuration", mountPath: "/etc/prometheus", readOnly: true },
          { name: "data", mountPath: "/prometheus" },
          ...(system.tls ? [{ name: "secrets", mountPath: SECRETS, readOnly: true }] : []),
        ],
      },
    ],
    volumes: [
      { name: "configuration", configMap: { name: "prometheus" } },
      { name: "data", emptyDir: {} },
      ...(system.tls ? [secretsVolume(["ca.crt"])] : []),
    ],
  });
}

/** Judges the run once, by its metrics: the job succeeds if it agrees, and its pod's exit code is the verdict's. */
function verifyJob({ equipoise }: Images): Job {
  const asked = ["verify", "$(EQUIPOISE_SCENARIO)", "--prometheus", "http://prometheus:9090"];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: metadataOf("verify"),
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: labelsOf("verify") },
        spec: {
          ...unprivileged(NOBODY),
          restartPolicy: "Never",
          containers: [
            {
              name: "verify",
              image: equipoise,
              args: ["dist/cli/main.js", ...asked, "--window", USUAL_RUN.window],
              envFrom: [{ configMapRef: { name: "equipoise" } }],
              securityContext: CONFINED,
            },
          ],
        },
      },
    },
  };
}
