import { type Dialect, lastOf, lineFormat } from "./pattern.js";

const MILLISECOND = 0.001;
/** Between the servers that a request was sent to, one after another; groups of servers are separated by colons. */
const BETWEEN = /, | : /;
const DECIMAL = "\\d+(?:\\.\\d+)?";
const ONE_TIME = `(?:${DECIMAL}|-)`;
const TIMES = `${ONE_TIME}(?:(?:, | : )${ONE_TIME})*`;
const ADDRESS = '[^\\s",]+';
const ADDRESSES = `${ADDRESS}(?:(?:, | : )${ADDRESS})*`;

/** nginx writes a line when the last byte of the answer has been sent: a request arrived `$request_time` before. */
const dialect: Dialect = {
  variable: /\$\{?(\w+)\}?/g,
  variables: {
    msec: { quantity: "end", written: DECIMAL, unit: 1 },
    time_local: { quantity: "endDate", written: "\\d\\d\\/\\w+\\/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}" },
    time_iso8601: { quantity: "endDate", written: "\\d{4}-\\d\\d-\\d\\dT[\\d:]+[+-]\\d\\d:\\d\\d" },
    request_time: { quantity: "response", written: DECIMAL, unit: 1 },
    upstream_response_time: { quantity: "atServer", written: TIMES, unit: 1, between: BETWEEN },
    upstream_addr: { quantity: "server", written: ADDRESSES },
    status: { quantity: "status", written: "\\d{3}", unit: 1 },
    bytes_sent: { quantity: "bytes", written: "\\d+", unit: 1 },
    body_bytes_sent: { quantity: "bytes", written: "\\d+", unit: 1 },
  },
  complete(raw, entry) {
    const hasFraction = !Number.isNaN(raw.end);
    const end = hasFraction ? raw.end : raw.endDate;
    const { response, atServer } = raw;
    entry.tick = hasFraction ? MILLISECOND : 1;
    entry.arrival = Number.isNaN(response) ? end : end - response;
    entry.response = response;
    entry.returned = Number.isNaN(atServer) ? atServer : end;
    entry.received = end - atServer;
    entry.bytes = raw.bytes;
    const server = lastOf(entry.server, BETWEEN);
    entry.server = server === "-" || Number.isNaN(atServer) ? "" : server;
  },
};

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

export const nginx = lineFormat("nginx", dialect, [
  `${COMBINED} $request_time $upstream_addr $upstream_response_time $msec`,
  `${COMBINED} $request_time`,
  COMBINED,
]);
