import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfigFile } from "#src/config/read-file.ts";
import { environmentSchema } from "#src/plan/environment.ts";
import { root } from "#test/support/source-tree.ts";
import { complaintsAbout, environmentOf, sampleFile } from "./config-sample.ts";

const example = readConfigFile(readFileSync(join(root, "kong-upgrade.example.yml"), "utf8"));

test("every topology of the example becomes an environment that a record can hold", () => {
  if (!example.ok) throw new Error(JSON.stringify(example.problem));
  const environments = Object.fromEntries(
    example.value.environments.map((environment) => [environment.name, environment]),
  );
  expect(example.value.environments.map((environment) => environmentSchema.parse(environment))).toStrictEqual(
    example.value.environments,
  );
  expect(environments["prod"]).toMatchObject({
    packages: { recipe: "apt", usesSudo: true },
    service: { recipe: "systemd", unit: "kong-{node}" },
    adminApi: {
      token: { env: "KONG_ADMIN_TOKEN" },
      tokenHeader: "Kong-Admin-Token",
      workspaces: ["default", "payments"],
    },
    green: {
      database: { host: "db-green.internal", name: "kong", admin: { user: "kong" } },
      nodes: [{ name: "green-1" }],
    },
    traffic: { shares: [1, 5, 10, 50, 100], observeMs: 900_000 },
    sources: { plugins: ["/usr/local/share/lua/5.1/kong/plugins"], helmValues: [] },
    hooks: { shiftTraffic: { argv: ["/usr/local/bin/lb", "weight", "--new", "{share}"] } },
    preproduction: "staging",
  });
  expect(environments["hybrid"]).toMatchObject({
    topology: "hybrid",
    nodes: [{ role: "control_plane" }, { role: "data_plane", group: "zone-a", status: "http://10.0.3.21:8007" }],
    rolling: { batchSize: 1, maxUnavailable: 1, pauseMs: 60_000 },
  });
  expect(environments["edge"]).not.toHaveProperty("database");
  expect(environments["cluster"]).toMatchObject({
    nodes: [],
    kubernetes: { chartVersion: "2.38.0", ingressController: "kong-controller", releases: [{ role: "all" }] },
  });
  expect(environments["old"]).toMatchObject({ cassandra: { keyspace: "kong", nodetool: "nodetool" } });
});

function file(...lines: readonly string[]): string {
  return `version: 1
environments:
  prod:
    channel: C0PROD
    backup_dir: /var/backups
    policies: { irreversible: { users: [U0CAROL01] } }
${lines.map((line) => `    ${line}\n`).join("")}`;
}

test("several values files of one Helm release are given as Helm gets them", () => {
  const read = readConfigFile(
    file(
      node,
      "database: { host: db, name: kong, user: kong }",
      "sources: { helm_values: [/srv/a.yaml, { release: cp, values: [/srv/base.yaml, /srv/cp.yaml] }, { values: [/srv/b.yaml] }] }",
    ),
  );
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  expect(read.value.environments[0]?.sources?.helmValues).toEqual([
    "/srv/a.yaml",
    { release: "cp", values: ["/srv/base.yaml", "/srv/cp.yaml"] },
    { values: ["/srv/b.yaml"] },
  ]);
});

const node = 'nodes: [{ name: a, admin: "http://a", proxy: "http://a" }]';

test.each([
  ["no database", [node], "database", /every node of a traditional topology/u],
  [
    "containers that nothing makes from the new image",
    [node, "database: { host: db }", "packages: { recipe: docker }"],
    "hooks.start",
    /only pulls the image/u,
  ],
  ["no node", ["database: { host: db }"], "nodes", /at least one node/u],
  [
    "a node without an Admin API",
    ["database: { host: db }", 'nodes: [{ name: a, proxy: "http://a" }]'],
    "nodes.0.admin",
    /Admin API/u,
  ],
  [
    "hybrid without a control plane",
    ["topology: hybrid", "database: { host: db }", node],
    "nodes",
    /role: control_plane/u,
  ],
  ["dbless with a database", ["topology: dbless", "database: { host: db }", node], "database", /has no database/u],
  ["kubernetes without a cluster", ["topology: kubernetes"], "kubernetes", /context, namespace/u],
  [
    "shares that shrink",
    ["database: { host: db }", node, "traffic: { shares: [10, 5, 100] }"],
    "traffic.shares",
    /shares that grow/u,
  ],
  [
    "shares that stop early",
    ["database: { host: db }", node, "traffic: { shares: [10] }"],
    "traffic.shares",
    /100 as the last/u,
  ],
  [
    "an unknown preproduction",
    ["database: { host: db }", node, "preproduction: stage"],
    "preproduction",
    /another environment/u,
  ],
  [
    "a green node with a blue name",
    ["database: { host: db }", node, 'green: { nodes: [{ name: a, admin: "http://b", proxy: "http://b" }] }'],
    "green.nodes.0.name",
    /another node has this name/u,
  ],
] as const)("%s is refused with what to write", (_, lines, path, message) => {
  const complaints = complaintsAbout(file(...lines));
  expect(complaints.map((complaint) => complaint.path)).toContain(`environments.prod.${path}`);
  expect(complaints.find((complaint) => complaint.path.endsWith(path))?.message).toMatch(message);
});

test("nodes are reached as they say, else as the environment says, else on the runner's own machine", () => {
  const nodes = `nodes:
      - { name: cp-1, admin: "http://10.0.0.1:8001", proxy: "http://10.0.0.1:8000" }
      - { name: cp-2, admin: "http://10.0.0.2:8001", proxy: "http://10.0.0.2:8000", transport: { docker: { container: "kong-{node}" } } }
      - { name: cp-3, admin: "http://10.0.0.3:8001", proxy: "http://10.0.0.3:8000", transport: { local: true } }`;
  const way = "transport: { ssh: { user: kong, jump_hosts: [{ host: bastion }], identity_file: /k } }";
  const text = sampleFile(way).replace(/nodes: .*/u, nodes);
  expect(environmentOf(text).nodes.map(({ transport }) => transport)).toEqual([
    { kind: "ssh", host: "cp-1", user: "kong", jumpHosts: [{ host: "bastion" }], identityFile: "/k" },
    { kind: "docker", docker: "docker", container: "kong-cp-2" },
    undefined,
  ]);
  expect("transport" in (environmentOf(sampleFile()).nodes[0] ?? {})).toBe(false);
});

test.each([
  [
    "transport: { ssh: {}, local: true }",
    "environments.prod.transport",
    /write one of local, ssh, docker and kubectl/u,
  ],
  ["transport: {}", "environments.prod.transport", /write one of/u],
  ["transport: { ssh: { host: -oProxyCommand=x } }", "environments.prod.transport.ssh.host", /expected a host name/u],
  ["transport: { ssh: { identity_file: key } }", "environments.prod.transport.ssh.identity_file", /absolute path/u],
  ["transport: { docker: { program: --help } }", "environments.prod.transport.docker.program", /not an option/u],
  ["transport: { kubectl: { namespace: kong } }", "environments.prod.transport.kubectl.context", /is missing/u],
  ["hooks: { stop: { argv: [x], on: host } }", "environments.prod.hooks.stop.on", /write runner or node/u],
])("%s is a mistake", (line, path, message) => {
  expect(complaintsAbout(sampleFile(line))).toMatchObject([{ path, message: expect.stringMatching(message) }]);
});

const inJobs = "kubectl: { context: prod, namespace: gateway, pod: deployment/kong, job: { image: 'kong:{version}' } }";
const scaled = "hooks: { start: { argv: [scale, up] }, stop: { argv: [scale, down] } }";

test("commands of nodes in Kubernetes run in Jobs where the transport has an image for them", () => {
  const [made] = environmentOf(sampleFile(`transport: { ${inJobs} }`, scaled)).nodes;
  expect(made).toMatchObject({
    transport: { kind: "kubectl", pod: "deployment/kong" },
    job: { image: "kong:{version}" },
  });
  expect("job" in (made?.transport ?? {})).toBe(false);
});

test.each([
  [inJobs.replace("deployment/kong", "kong-0"), "transport.kubectl.pod", /expected a workload/u],
  [inJobs.replace("'kong:{version}'", "kong"), "transport.kubectl.job.image", /has to hold \{version\}/u],
  [inJobs.replace("'kong:", "'-kong:"), "transport.kubectl.job.image", /expected an image/u],
])("%s is a mistake of Jobs", (way, path, message) => {
  expect(complaintsAbout(sampleFile(`transport: { ${way} }`, scaled))).toMatchObject([
    { path: `environments.prod.${path}`, message: expect.stringMatching(message) },
  ]);
});

test("Jobs need hooks by which pods come and go", () => {
  expect(complaintsAbout(sampleFile(`transport: { ${inJobs} }`)).map(({ path }) => path)).toEqual([
    "environments.prod.hooks.start",
    "environments.prod.hooks.stop",
  ]);
});

test("declarative files are not carried to nodes elsewhere, so such nodes are on the runner's own machine", () => {
  const text = sampleFile("topology: dbless", "transport: { ssh: {} }").replace(/ +database: .*\n/u, "");
  expect(complaintsAbout(text)).toMatchObject([
    { path: "environments.prod.transport", message: expect.stringContaining("let a runner work there") },
  ]);
});
