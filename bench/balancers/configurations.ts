import type { Rate } from "../../model/units.js";

/** What is written into a balancer's configuration: where it listens, where the servers are, and how fast they are. */
export interface Setup {
  readonly port: number;
  readonly serverPorts: readonly number[];
  /** Written as weights where `weighted`. */
  readonly rates: readonly Rate[];
  readonly weighted: boolean;
  /** A folder of its own for logs and temporary files. */
  readonly folder: string;
}

/** Weights are whole numbers. */
const weight = ({ rates, weighted }: Setup, i: number): number => (weighted ? Math.round(10 * rates[i]) : 10);

/**
 * HAProxy on one thread, with connections to the servers kept and shared.
 *
 * @param algorithm what `balance` takes: leastconn, random(2), roundrobin
 */
export function haproxyConfiguration(algorithm: string, setup: Setup): string {
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
 * nginx with one worker process, with connections to the servers kept.
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
      proxy_read_timeout 600s;
      proxy_next_upstream off;
    }
  }
}
`;
}
