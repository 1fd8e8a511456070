import { type Dialect, lineFormat } from "./pattern.js";

const MILLISECOND = 0.001;
const milliseconds = { written: "\\d+|-", unit: MILLISECOND } as const;

/**
 * Envoy writes when a request came and how long it took, and what its server took, network included. The latter is measured from when the
 * request had been sent, which is taken for when it came.
 */
const dialect: Dialect = {
  variable: /%([A-Z_0-9]+(?:\((?:[^()]*)\))?)(?::\d+)?%/g,
  variables: {
    START_TIME: { quantity: "startDate", written: "[\\d-]+T[\\d:.]+Z" },
    DURATION: { quantity: "response", ...milliseconds },
    "RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)": { quantity: "atServer", ...milliseconds },
    RESPONSE_CODE: { quantity: "status", written: "\\d+", unit: 1 },
    BYTES_SENT: { quantity: "bytes", written: "\\d+", unit: 1 },
    UPSTREAM_HOST: { quantity: "server", written: '[^\\s"]+' },
  },
  complete({ startDate, response, atServer, bytes }, entry) {
    entry.tick = MILLISECOND;
    entry.arrival = startDate;
    entry.response = response;
    entry.received = Number.isNaN(atServer) ? atServer : startDate;
    entry.returned = startDate + atServer;
    entry.bytes = bytes;
    if (entry.server === "-" || Number.isNaN(atServer)) entry.server = "";
  },
};

const DEFAULT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% ' +
  '%BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" ' +
  '"%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"';

export const envoy = lineFormat("envoy", dialect, [DEFAULT]);
