import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { deployment, PLATFORMS, type Platform } from "../../deploy/generated.js";
import { type DeployedSystem, USUAL_SYSTEM } from "../../deploy/system.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(ROOT + path, "utf8");
const LARGE: DeployedSystem = { dispatchers: 3, nodes: 5, serversPerNode: 8, tls: true };

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets?: readonly { source: string }[];
  readonly ports?: unknown;
  readonly deploy?: { replicas: number };
}
interface Stack {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { external: boolean }>>;
  readonly configs: Readonly<Record<string, { file: string }>>;
}
interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: Readonly<Record<string, unknown>>;
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly {
          readonly image: string;
          readonly env?: readonly { readonly name: string; readonly value: string }[];
        }[];
        readonly volumes?: readonly {
          readonly projected?: { readonly sources: readonly { secret: { items: { key: string }[] } }[] };
        }[];
      };
    };
  };
}

const stackOf = (system: DeployedSystem): Stack => parse(deployment("swarm", system, read)) as Stack;
const objectsOf = (system: DeployedSystem): KubernetesObject[] =>
  parseAllDocuments(deployment("kubernetes", system, read)).map((one) => one.toJS() as KubernetesObject);

describe("what deploys a system", () => {
  it.each(Object.keys(PLATFORMS) as Platform[])("on %s is current: npm run generate makes it so", (platform) => {
    expect(read(PLATFORMS[platform].path)).toBe(deployment(platform, USUAL_SYSTEM, read));
  });

  it("on compose lays further dispatchers over the first, which all know of each other", () => {
    const { services } = parse(deployment("compose", LARGE, read)) as Stack;
    expect(Object.keys(services)).toEqual([
      "dispatcher",
      "dispatcher-1",
      "dispatcher-2",
      "server-node",
      "load-generator",
    ]);
    const base = (parse(read("docker-compose.yml"), { merge: true }) as Stack).services.dispatcher;
    const { environment, ports } = services["dispatcher-2"];
    expect(ports).toBeUndefined();
    expect(environment).toEqual({
      ...base.environment,
      ...{ EQUIPOISE_DISPATCHERS: "3", EQUIPOISE_DISPATCHER_NUMBER: "2", EQUIPOISE_PUBLIC_HOST: "dispatcher-2" },
      EQUIPOISE_FIRST_DISPATCHER: "wss://dispatcher:7070",
    });
    const urls = "wss://dispatcher:7070,wss://dispatcher-1:7070,wss://dispatcher-2:7070";
    expect(services["server-node"].environment.EQUIPOISE_DISPATCHER).toBe(urls);
  });

  it("on a swarm has the services of docker-compose.yml, and publishes nothing", () => {
    const { services, secrets, configs } = stackOf(USUAL_SYSTEM);
    const inCompose = Object.keys((parse(read("docker-compose.yml"), { merge: true }) as Stack).services);
    const expected = inCompose.filter((name) => name !== "token" && name !== "verify");
    expect(Object.keys(services).sort()).toEqual([...expected, "dispatcher-1"].sort());
    expect(services["server-node"].deploy?.replicas).toBe(3);
    for (const service of Object.values(services)) expect(service.ports).toBeUndefined();
    expect(Object.values(secrets).every(({ external }) => external)).toBe(true);
    for (const { file } of Object.values(configs)) expect(read(file.replace("../../", "")).length).toBeGreaterThan(0);
  });

  it("gives the key of the certificate to dispatchers only", () => {
    const { services } = stackOf(LARGE);
    const holders = Object.entries(services).filter(([, { secrets }]) =>
      secrets?.some(({ source }) => source === "tls.key"),
    );
    expect(holders.map(([name]) => name)).toEqual(["dispatcher", "dispatcher-1", "dispatcher-2"]);
    const pods = objectsOf(LARGE).filter(({ spec }) =>
      spec?.template?.spec.volumes?.some(({ projected }) =>
        projected?.sources.some(({ secret }) => secret.items.some(({ key }) => key === "tls.key")),
      ),
    );
    expect(pods.map(({ metadata }) => metadata.name)).toEqual(["dispatcher", "dispatcher-1", "dispatcher-2"]);
  });

  it("on Kubernetes has one of each: services by name, a set of nodes, deployments of dispatchers, a job that judges", () => {
    const objects = objectsOf(LARGE);
    const named = (kind: string) => objects.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
    const dispatchers = ["dispatcher", "dispatcher-1", "dispatcher-2"];
    expect(named("Deployment")).toEqual([...dispatchers, "load-generator", "prometheus"]);
    expect(named("Service")).toEqual([...dispatchers, "server-node", "load-generator", "prometheus"]);
    expect(named("StatefulSet")).toEqual(["server-node"]);
    expect(named("Job")).toEqual(["verify"]);
    expect(named("Secret")).toEqual([]);
    const settings = objects.find(({ metadata }) => metadata.name === "equipoise")?.data;
    expect(settings?.EQUIPOISE_SET).toBe("servers=40 policy=jsq");
    // What a service selects is what a pod is labelled with.
    const labels = objects.flatMap(({ spec }) => (spec?.template === undefined ? [] : [spec.template.metadata.labels]));
    for (const { spec } of objects.filter(({ kind }) => kind === "Service"))
      expect(labels).toContainEqual(spec?.selector);
  });
});
