import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { discover } from "#src/discovery/discover.ts";
import type { Discovery } from "#src/discovery/discover.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import { sampleEnvironment } from "#test/src/plan/sample.ts";
import { startAdminServer } from "./admin-server.ts";
import type { AdminServer } from "./admin-server.ts";

const certificates = join(import.meta.dirname, "certificates");

const root = {
  version: "3.4.3.5",
  edition: "enterprise",
  configuration: {
    database: "postgres",
    role: "control_plane",
    router_flavor: "traditional_compatible",
    enforce_rbac: "on",
    keyring_enabled: true,
    keyring_strategy: "cluster",
    vitals: true,
    portal: false,
  },
  plugins: {
    available_on_server: {
      "key-auth": { version: "3.4.3", priority: 1250 },
      "acme-billing": { version: "0.3.0", priority: 1001 },
    },
  },
};

const licence = JSON.stringify({ license: { payload: { license_expiration_date: "2027-7-20" } } });

const lists: Readonly<Record<string, readonly unknown[]>> = {
  "/workspaces": [{ name: "default" }, { name: "payments" }],
  "/payments/plugins": [
    { id: "p1", name: "acme-billing", enabled: true, route: { id: "r1" }, config: { api_key: "sesame-1", level: 3 } },
  ],
  "/payments/routes": [{ id: "r1", name: "pay", paths: ["/pay"], service: { id: "s1" } }],
  "/payments/services": [{ id: "s1", name: "bank" }],
  "/payments/upstreams": [{ id: "u1", name: "bank.internal" }],
  "/payments/upstreams/u1/targets": [{ target: "10.0.0.1:80", weight: 0 }, { target: "10.0.0.1:80" }],
  "/certificates": [{ id: "c1", cert: "-----BEGIN CERTIFICATE-----", key: "sesame-2" }],
  "/licenses": [{ id: "l1", payload: licence }],
  "/clustering/data-planes": [
    { hostname: "dp-1", version: "3.4.3.5", sync_status: "normal", config_hash: "a1", last_seen: 1_795_216_782 },
    { hostname: "dp-old", version: "2.8.4.14", sync_status: "kong_version_incompatible", last_seen: 1_795_216_700 },
  ],
};

function answer(path: string): unknown {
  if (path === "/") return root;
  if (path === "/status") return { database: { reachable: true } };
  const [list = ""] = path.split("?");
  const data = lists[list] ?? (/^\/(?:payments\/)?[a-z_-]+$/u.test(list) ? [] : undefined);
  return data === undefined ? undefined : { data, next: null };
}

async function survey(server: AdminServer, changes: Partial<Environment> = {}): Promise<Discovery> {
  const { database: _, ...sample } = sampleEnvironment();
  const [node] = sample.nodes;
  if (node === undefined) throw new Error("the sample has a node");
  const environment: Environment = {
    ...sample,
    edition: "enterprise",
    nodes: [{ ...node, role: "control_plane", admin: server.url }],
    adminApi: { token: { env: "ADMIN_TOKEN" } },
    ...changes,
  };
  return discover(environment, {
    ...livePorts({ resolveSecret: () => Promise.resolve("sesame-token\n"), baseEnv: { PATH: "/usr/bin:/bin" } }),
    runCommand: () => Promise.reject(new Error("no kong here")),
  });
}

test("an Enterprise control plane is read with its token, in every workspace", async () => {
  await using server = await startAdminServer(answer, { token: { header: "Kong-Admin-Token", value: "sesame-token" } });
  const { facts, inventory } = await survey(server);
  expect(facts.installation).toMatchObject({
    version: { value: "3.4.3.5", source: "kong-1: Admin API", at: expect.stringMatching(/^\d{4}-/u) },
    edition: { value: "enterprise" },
    topology: { value: "hybrid" },
    rbac: { value: "on" },
    keyring: { value: "cluster" },
    vitals: { value: true },
    portal: { value: false },
    licence: { value: "2027-07-20" },
    workspaces: { value: ["default", "payments"] },
    entities: { value: { routes: 1, services: 1, plugins: 1, upstreams: 1, certificates: 1 } },
    plugins: { value: [{ name: "acme-billing", origin: "custom", instances: 1, priority: 1001, version: "0.3.0" }] },
  });
  expect(inventory.entities.find(({ kind }) => kind === "plugin")).toMatchObject({
    workspace: "payments",
    parents: [{ kind: "route", name: "pay" }],
    fields: { config: { api_key: "[redacted]", level: 3 } },
  });
  expect(inventory.entities.find(({ kind }) => kind === "upstream")?.fields["targets"]).toHaveLength(2);
  expect(inventory.dataPlanes).toMatchObject([
    { hostname: "dp-1", syncStatus: "normal", configHash: "a1", lastSeen: "2026-11-20T23:19:42.000Z" },
    { hostname: "dp-old", version: "2.8.4.14", syncStatus: "kong_version_incompatible" },
  ]);
  expect(inventory.customPlugins).toMatchObject([{ name: "acme-billing", priority: 1001 }]);
  expect(inventory.inputs).toMatchObject({
    entities: { kind: "read" },
    licence: { kind: "read" },
    data_planes: { kind: "read" },
  });
  expect(JSON.stringify({ facts, inventory })).not.toContain("sesame");
  expect(server.asked.every((line) => line.startsWith("GET "))).toBe(true);
});

test("a refused token is named with what to check, and nothing is taken for absent", async () => {
  await using server = await startAdminServer(answer, { token: { header: "Kong-Admin-Token", value: "another" } });
  const { facts, inventory } = await survey(server);
  const source = facts.sources.find(({ name }) => name === "kong-1: Admin API");
  expect(source?.outcome).toMatchObject({ kind: "failed", problem: expect.stringContaining("admin_api.token") });
  expect(inventory.inputs.entities.kind).toBe("failed");
  expect(inventory.inputs.licence.kind).toBe("failed");
});

test("an Admin API behind mutual TLS is read with the configured certificates, and with none it is a failed source", async () => {
  const [ca, cert, key] = await Promise.all(
    ["ca.pem", "server.pem", "server.key"].map((name) => readFile(join(certificates, name))),
  );
  await using server = await startAdminServer(answer, {
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), requestCert: true, rejectUnauthorized: true },
  });
  const files = { ca: join(certificates, "ca.pem"), certificate: join(certificates, "client.pem") };
  const { facts } = await survey(server, { adminApi: { ...files, key: join(certificates, "client.key") } });
  expect(facts.installation?.version?.value).toBe("3.4.3.5");
  const without = await survey(server, { adminApi: { ca: files.ca } });
  expect(without.facts.installation?.version).toBeUndefined();
  expect(without.inventory.inputs.entities.kind).toBe("failed");
});

test("one workspace that is forbidden leaves the rest readable and is named", async () => {
  await using server = await startAdminServer((path) =>
    path.startsWith("/payments/routes") ? { oops: 1 } : answer(path),
  );
  const { facts, inventory } = await survey(server, { adminApi: {} });
  expect(facts.sources.find(({ name }) => name === "Admin API /payments/routes")?.outcome.kind).toBe("failed");
  expect(inventory.inputs.entities).toMatchObject({
    kind: "partly",
    problem: expect.stringContaining("/payments/routes"),
  });
  expect(inventory.entities.some(({ kind }) => kind === "plugin")).toBe(true);
});
