import { describe, expect, it } from "vitest";
import { configurationOf, methodIn } from "../../../live/balancers/configurations.js";
import * as policies from "../../../policies/index.js";

const setup = { port: 9000, serverPorts: [9001, 9002], rates: [1.6, 1], folder: "/tmp/x" };

describe("the configuration of a balancer", () => {
  it("has the method that the lines of a policy name, and weights only where they do", () => {
    const haproxy = (policy: string) => methodIn("haproxy", policies.configurationOf(policy).HAProxy ?? "");
    expect(haproxy("jsq")).toEqual({ method: "leastconn", weighted: false });
    expect(haproxy("least-connections:haproxy")).toEqual({ method: "leastconn", weighted: true });
    expect(haproxy("jsq-d")).toEqual({ method: "random(2)", weighted: false });
    expect(haproxy("weighted-round-robin")).toEqual({ method: "roundrobin", weighted: true });
    // A key cannot be made up.
    expect(haproxy("consistent-hash")).toBeUndefined();
    const nginx = (policy: string) => methodIn("nginx", policies.configurationOf(policy).nginx ?? "");
    expect(nginx("jsq-d")).toEqual({ method: "random two least_conn", weighted: false });
    expect(nginx("least-connections")).toEqual({ method: "least_conn", weighted: true });
    expect(nginx("weighted-random")).toEqual({ method: "random", weighted: true });
    expect(nginx("round-robin")).toEqual({ method: "", weighted: false });
    expect(nginx("sed")).toBeUndefined();
  });

  it("names all servers, with weights like their rates or equal ones, and passes on by which name it was called", () => {
    const weighted = configurationOf("haproxy", "leastconn", { ...setup, weighted: true });
    expect(weighted).toContain("balance leastconn");
    expect(weighted.match(/weight \d+/g)).toEqual(["weight 16", "weight 10"]);
    const equal = configurationOf("nginx", "least_conn", { ...setup, weighted: false });
    expect(equal.match(/weight=\d+/g)).toEqual(["weight=10", "weight=10"]);
    expect(equal).toContain("    least_conn;\n");
    expect(equal).toContain("proxy_set_header Host $host;");
  });
});
