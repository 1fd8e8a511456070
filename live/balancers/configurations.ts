import type { Rate } from "../../model/units.js";

/** Contents of a balancer's configuration: where it listens, and the ports and rates of the servers. */
export interface Setup {
  readonly port: number;
  readonly serverPorts: readonly number[];
  /** Used as weights if `weighted`. */
  readonly rates: readonly Rate[];
  readonly weighted: boolean;
  /** A folder for temporary files. */
  readonly folder: string;
}

/** Weights are whole numbers. */
const weight = ({ rates, weighted }: Setup, i: number): number => (weighted ? Math.round(10 * rates[i]) : 10);

/**
 * HAProxy on one thread, with persistent, shared connections to the servers.
 *
 * @param algorithm argument of `balance`: leastconn, random(2), roundrobin
 */
function haproxyConfiguration(algorithm: string, setup: Setup): string {
  const servers = setup.serverPorts.map((port, i) => `  server s${i} 127.0.0.1:${port} weight ${weight(setup, i)}`);
  return `global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
frontend jobs
  bind 127.0.0.1:${setup.port}
  default_backend servers
backend servers
  balance ${algorithm}
  http-reuse always
${servers.join("\n")}
`;
}

/**
 * nginx with one worker process, with persistent connections to the servers. It passes the name on by which it was called: by default it would
 * call servers by the name of their group, which they do not answer to.
 *
 * @param method a directive of the upstream module: least_conn, random two least_conn; empty for weighted round robin
 */
function nginxConfiguration(method: string, setup: Setup): string {
  const servers = setup.serverPorts.map(
    (port, i) => `    server 127.0.0.1:${port} weight=${weight(setup, i)} max_fails=0;`,
  );
  const folder = (name: string): string => `${name}_temp_path ${setup.folder}/${name};`;
  return `worker_processes 1;
daemon off;
pid ${setup.folder}/nginx.pid;
error_log ${setup.folder}/error.log;
events { worker_connections 8000; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(folder).join("\n  ")}
  keepalive_requests 1000000000;
  upstream servers {
    ${method === "" ? "" : `${method};`}
${servers.join("\n")}
    keepalive 1000;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${setup.port};
    location / {
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_read_timeout 600s;
      proxy_next_upstream off;
    }
  }
}
`;
}

const WRITERS: Readonly<Record<"haproxy" | "nginx", (method: string, setup: Setup) => string>> = {
  haproxy: haproxyConfiguration,
  nginx: nginxConfiguration,
};

/** The configuration of a balancer that routes by a method. */
export function configurationOf(balancer: keyof typeof WRITERS, method: string, setup: Setup): string {
  return WRITERS[balancer](method, setup);
}

/** How a balancer is told to route. */
export interface Method {
  /** Argument of HAProxy's `balance`, or nginx's directive; empty for its default. */
  readonly method: string;
  /** Whether servers have weights. */
  readonly weighted: boolean;
}

/**
 * The method in the lines that switch a policy on, as `PolicyGuide.configuration` has them: `balance leastconn`, or `least_conn; server HOST:PORT
 * weight=WEIGHT;`.
 *
 * @returns undefined if they say more than a method and weights
 */
export function methodIn(balancer: keyof typeof WRITERS, lines: string): Method | undefined {
  const weighted = lines.includes("WEIGHT");
  if (balancer === "haproxy") {
    const found = /^balance (\w+(?:\(\d+\))?)(?: \/ server NAME HOST:PORT weight WEIGHT)?$/.exec(lines);
    return found === null ? undefined : { method: found[1], weighted };
  }
  if (lines.includes("it is the default")) return { method: "", weighted };
  const found = /^(random|random two least_conn|least_conn);(?: server HOST:PORT weight=WEIGHT;)?$/.exec(lines);
  return found === null ? undefined : { method: found[1], weighted };
}
