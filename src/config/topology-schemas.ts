import { z } from "zod";
import { secretRefSchema } from "#src/plan/secret-ref.ts";
import { duration, path } from "./field-schemas.ts";
import { database, node } from "./node-schema.ts";

const word = z.string().min(1);

export const green = z.strictObject({
  database: database.optional().describe("its own database; without one it shares the old one's"),
  nodes: z.array(node).default([]),
});

export const packages = z.strictObject({
  recipe: z.enum(["apt", "dpkg", "yum", "rpm", "docker"]),
  folder: path.optional().describe("package files for dpkg and rpm"),
  image: word.optional().describe("image without tag for docker"),
  sudo: z.boolean().default(true),
});

export const service = z.strictObject({
  recipe: z.enum(["systemd", "docker"]),
  unit: word.describe("systemd unit or container; {node} is replaced"),
  sudo: z.boolean().default(true),
});

const releaseName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,52}$/u, "expected the name of a Helm release");

const release = z.strictObject({
  name: releaseName,
  role: z.enum(["all", "control_plane", "data_plane", "admin", "proxy"]).default("all"),
  values: z.array(path).default([]).describe("values files on the runner, in Helm's order"),
  workload: z
    .string()
    .regex(/^(?:deployment|daemonset|statefulset)\/[a-z0-9][a-z0-9.-]*$/u, "expected e.g. deployment/kong-kong"),
});

export const kubernetes = z.strictObject({
  kubectl: word.default("kubectl"),
  helm: word.default("helm"),
  context: word.describe("pinned in every command"),
  namespace: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/u, "expected the name of a namespace"),
  chart: word.default("kong/kong"),
  chart_version: z.string().regex(/^\d+\.\d+\.\d+$/u, "expected an exact chart version such as 2.38.0"),
  releases: z.array(release).min(1),
  ingress_replicas: z.number().int().min(1).default(1).describe("pods of it that come back after the freeze"),
  ingress_controller: word.optional().describe("its Deployment, scaled to 0 while configuration is frozen"),
});

export const adminApi = z.strictObject({
  token: secretRefSchema.optional(),
  token_header: word.optional().describe("Kong-Admin-Token where absent"),
  ca: path.optional(),
  certificate: path.optional().describe("client certificate for mutual TLS"),
  key: path.optional(),
  workspaces: z.array(word).optional().describe("all where absent"),
});

export const sources = z.strictObject({
  declarative: z.array(path).default([]),
  template: path.optional().describe("custom nginx template"),
  plugins: z.array(path).default([]).describe("folders with the sources of custom plugins"),
  scripts: z.array(path).default([]).describe("scripts and pipelines that call the Admin API"),
  dashboards: z.array(path).default([]),
  manifests: z.array(path).default([]).describe("rendered Kubernetes manifests"),
  helm_values: z
    .array(z.union([path, z.strictObject({ release: releaseName.optional(), values: z.array(path).min(1) })]))
    .default([])
    .describe("values of Helm releases: a file, or name and files of a release in Helm's order"),
});

export const deck = z.strictObject({
  program: word.default("deck"),
  version: z.string().regex(/^\d+\.\d+(?:\.\d+)?$/u, "expected decK's version such as 1.40.0"),
});

export const declarative = z.strictObject({
  file: path.describe("what nodes without a database load now"),
  converted: path.describe("the same for the new version"),
});

export const rolling = z.strictObject({
  batch_size: z.number().int().min(1).default(1),
  max_unavailable: z.number().int().min(1).default(1),
  pause: duration("1m", "time to look between two batches"),
});

export const traffic = z.strictObject({
  shares: z
    .array(z.number().int().min(1).max(100))
    .min(1)
    .default([1, 5, 10, 50, 100])
    .refine((all) => all.every((share, index) => share > (all[index - 1] ?? 0)), "expected shares that grow")
    .refine((all) => all.at(-1) === 100, "expected 100 as the last share"),
  observe: duration("15m", "how long each share is watched"),
});

export const cassandra = z.strictObject({
  keyspace: z.string().regex(/^[A-Za-z_]\w{0,47}$/u, "expected the name of a keyspace"),
  nodetool: word.default("nodetool"),
});
