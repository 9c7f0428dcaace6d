import { expect, test } from "vitest";
import { describeTransport, transportSchema } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import { commandSchema } from "#src/plan/step.ts";

test.each<[string, Transport]>([
  ["ssh kong@cp-1", { kind: "ssh", host: "cp-1", user: "kong" }],
  ["ssh cp-1:2222", { kind: "ssh", host: "cp-1", port: 2_222 }],
  ["ssh kong@[fd00::1]:22", { kind: "ssh", host: "fd00::1", port: 22, user: "kong" }],
  [
    "ssh cp-1 over ops@bastion, inner:23",
    {
      kind: "ssh",
      host: "cp-1",
      jumpHosts: [
        { host: "bastion", user: "ops" },
        { host: "inner", port: 23 },
      ],
    },
  ],
  ["docker exec kong as 1000:1000", { kind: "docker", docker: "docker", container: "kong", user: "1000:1000" }],
  [
    "kubectl exec deployment/kong, container proxy in gateway of prod-eu",
    {
      kind: "kubectl",
      kubectl: "kubectl",
      context: "prod-eu",
      namespace: "gateway",
      pod: "deployment/kong",
      container: "proxy",
    },
  ],
  [
    "job of kong:3.9.1 like deployment/kong, container proxy in gateway of prod-eu",
    {
      kind: "job",
      kubectl: "kubectl",
      context: "prod-eu",
      namespace: "gateway",
      workload: "deployment/kong",
      container: "proxy",
      image: "kong:3.9.1",
    },
  ],
])("%s", (words, transport) => {
  expect(describeTransport(transportSchema.parse(transport))).toBe(words);
});

const aJob = { kind: "job", kubectl: "kubectl", context: "c", namespace: "n", workload: "deployment/k", image: "k:1" };

test.each<[string, unknown]>([
  ["a host that is an option", { kind: "ssh", host: "-oProxyCommand=id" }],
  ["a host that ssh expands", { kind: "ssh", host: "%h" }],
  ["a host with a second line", { kind: "ssh", host: "a\nProxyCommand id" }],
  ["a user that is an option", { kind: "ssh", host: "a", user: "-l" }],
  ["a jump host that is an option", { kind: "ssh", host: "a", jumpHosts: [{ host: "-J" }] }],
  ["a key that is a variable", { kind: "ssh", host: "a", identityFile: "/${HOME}/key" }],
  ["a key on no path", { kind: "ssh", host: "a", identityFile: "key" }],
  ["a port that there is not", { kind: "ssh", host: "a", port: 65_536 }],
  ["a container that is an option", { kind: "docker", docker: "docker", container: "--privileged" }],
  ["a program that is an option", { kind: "docker", docker: "-H", container: "kong" }],
  ["no context", { kind: "kubectl", kubectl: "kubectl", namespace: "gateway", pod: "kong-0" }],
  ["an empty context", { kind: "kubectl", kubectl: "kubectl", context: "", namespace: "gateway", pod: "kong-0" }],
  ["no namespace", { kind: "kubectl", kubectl: "kubectl", context: "prod", pod: "kong-0" }],
  [
    "a pod that is an option",
    { kind: "kubectl", kubectl: "kubectl", context: "prod", namespace: "gateway", pod: "--all" },
  ],
  ["a Job like one pod", { ...aJob, workload: "kong-0" }],
  ["a Job of an image that is an option", { ...aJob, image: "--privileged" }],
  ["a Job whose image has no version yet", { ...aJob, image: "kong:{version}" }],
  ["the root as state directory", { kind: "ssh", host: "a", stateDir: "/" }],
  ["a word that nobody knows", { kind: "ssh", host: "a", hots: "b" }],
])("refused is %s", (_, transport) => {
  expect(transportSchema.safeParse(transport).success).toBe(false);
});

test("a command that names no place is the command that it always was", () => {
  const command = { target: "runner", argv: ["true"], env: {}, secrets: {} };
  expect(commandSchema.parse(command)).toStrictEqual(command);
});
