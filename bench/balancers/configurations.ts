import type { Rate } from "../../model/units.js";
import { nginx } from "../../workload/logs/nginx.js";

/** Contents of a balancer's configuration: where it listens, and the ports and rates of the servers. */
export interface Setup {
  readonly port: number;
  readonly serverPorts: readonly number[];
  /** Used as weights if `weighted`. */
  readonly rates: readonly Rate[];
  readonly weighted: boolean;
  /** A folder for logs and temporary files. */
  readonly folder: string;
  /** Whether requests are logged, as `equipoise import` reads it: by HAProxy on standard output, by nginx in `access.log` of the folder. */
  readonly hasLog?: boolean;
}

/** Weights are whole numbers. */
const weight = ({ rates, weighted }: Setup, i: number): number => (weighted ? Math.round(10 * rates[i]) : 10);

/**
 * HAProxy on one thread, with persistent, shared connections to the servers.
 *
 * @param algorithm argument of `balance`: leastconn, random(2), roundrobin
 */
export function haproxyConfiguration(algorithm: string, setup: Setup): string {
  const servers = setup.serverPorts.map((port, i) => `  server s${i} 127.0.0.1:${port} weight ${weight(setup, i)}`);
  return `global
  nbthread 1
  maxconn 4000${setup.hasLog === true ? "\n  log stdout format raw local0" : ""}
defaults
  mode http${setup.hasLog === true ? "\n  log global\n  option httplog" : ""}
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
 * nginx with one worker process, with persistent connections to the servers.
 *
 * @param method a directive of the upstream module: least_conn, random two least_conn; empty for weighted round robin
 */
export function nginxConfiguration(method: string, setup: Setup): string {
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
  ${accessLog(setup)}
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
      proxy_read_timeout 600s;
      proxy_next_upstream off;
    }
  }
}
`;
}

function accessLog({ hasLog, folder }: Setup): string {
  return hasLog === true
    ? `log_format timed '${nginx.example}';\n  access_log ${folder}/access.log timed;`
    : "access_log off;";
}
