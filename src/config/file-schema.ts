import { z } from "zod";
import { secretRefSchema } from "#src/plan/secret-ref.ts";
import { freeze, liftedBy, timeZone, windowsHold } from "./calendar-schema.ts";
import { labelsSchema } from "#src/plan/runner-labels.ts";
import { stepKinds } from "#src/plan/step-kinds.ts";
import { channel, duration, environmentName, path, plainDuration } from "./field-schemas.ts";
import { database, hook, node } from "./node-schema.ts";
import { groups, named, people, window } from "./people-schemas.ts";
import { policies } from "./policy-schema.ts";
import { soak } from "./soak-schema.ts";
import {
  adminApi,
  cassandra,
  deck,
  declarative,
  green,
  kubernetes,
  packages,
  rolling,
  service,
  sources,
  traffic,
} from "./topology-schemas.ts";
import { transport } from "./transport-schema.ts";

const smokeTest = z.strictObject({
  name: z.string().min(1),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]).default("GET"),
  path: z.string().startsWith("/", "expected a path that begins with /"),
  headers: z.record(z.string(), z.string()).default({}),
  expect: z.number().int().min(100).max(599).default(200).describe("expected HTTP status through the proxy"),
});

const environment = z.strictObject({
  description: z.string().default(""),
  channel: channel.describe("the Slack channel in which this environment is operated"),
  edition: z.enum(["oss", "enterprise"]).default("oss"),
  topology: z
    .enum(["traditional", "hybrid", "dbless", "kubernetes"])
    .default("traditional")
    .describe("one database for all nodes, control plane and data planes, no database, or Helm releases"),
  keyring: z
    .boolean()
    .default(false)
    .describe("whether Enterprise keyring encryption is on; its material is then backed up too"),
  database: database.optional(),
  nodes: z.array(node).default([]),
  transport: transport
    .optional()
    .describe("how the runner reaches nodes that do not say it themselves; they are on its own machine where absent"),
  backup_dir: path,
  tools: z
    .strictObject({
      pg_dump: z.string().default("pg_dump"),
      pg_restore: z.string().default("pg_restore"),
      createdb: z.string().default("createdb"),
      dropdb: z.string().default("dropdb"),
      psql: z.string().default("psql"),
    })
    .prefault({}),
  hooks: z
    .strictObject({
      install: hook.optional().describe("installs {version} on {node}; without it a person does and confirms it"),
      freeze: hook.optional().describe("stops configuration writes; without it a person does and confirms it"),
      unfreeze: hook.optional(),
      decommission: hook.optional().describe("removes the old package and what else is no longer needed"),
      start: hook.optional().describe("starts {node}; without it the service recipe or `kong start` does"),
      stop: hook.optional().describe("stops {node}; without it the service recipe or `kong quit` does"),
      drain: hook.optional().describe("takes {node} out of the load balancer and lets its requests end"),
      admit: hook.optional().describe("puts {node} back into the load balancer"),
      shift_traffic: hook.optional().describe("sends {share} percent of the traffic to the new side"),
      provision: hook.optional().describe("makes the hosts of the second cluster, not started"),
      configure: hook.optional().describe("puts kong.conf, templates and plugins of {version} in place on {node}"),
    })
    .prefault({}),
  smoke_tests: z.array(smokeTest).default([]).describe("requests whose status proves that the gateway works"),
  soak: soak.prefault({}),
  timeouts: z
    .strictObject({
      migrations: duration("10m", "also given to kong as --db-timeout and --lock-timeout"),
      backup: duration("30m", "for dumps and restores"),
      command: duration("2m", "for every other command"),
      steps: z
        .partialRecord(z.enum(stepKinds), plainDuration("time limit of every step of this kind"))
        .optional()
        .describe("for single kinds of steps, instead of what their commands add up to"),
    })
    .prefault({}),
  windows: z
    .array(window)
    .min(1)
    .max(20)
    .optional()
    .describe("maintenance windows; outside of them no step starts that may hurt traffic or cannot be undone"),
  windows_hold: windowsHold,
  windows_lifted_by: liftedBy,
  time_zone: timeZone
    .optional()
    .describe("of times that people type for this environment; the one of its windows where they share one"),
  policies,
  green: green.optional().describe("the second cluster of dual-cluster and blue-green"),
  kubernetes: kubernetes.optional(),
  packages: packages.optional().describe("how a version is installed where no install hook says it"),
  service: service.optional().describe("how nodes start and stop where not by `kong start` and `kong quit`"),
  admin_api: adminApi.optional(),
  sources: sources.optional().describe("files on the runner that a check reads beside the live installation"),
  deck: deck.optional(),
  declarative: declarative.optional(),
  rolling: rolling.optional(),
  traffic: traffic.optional(),
  licence: secretRefSchema.optional().describe("Enterprise licence (JSON), applied when OSS becomes Enterprise"),
  cassandra: cassandra.optional(),
  preproduction: environmentName.optional().describe("where the same upgrade must have succeeded before"),
  copy_source: path.optional().describe("the dump on the runner that this preproduction is rebuilt from"),
  copy_of: environmentName.optional().describe("the environment whose backup this preproduction is rebuilt from"),
  runner: z
    .strictObject({ labels: labelsSchema.describe("labels that a runner must have, e.g. zone: eu") })
    .optional()
    .describe("which runners look at this environment and run its steps; all that name it where absent"),
  operators: named
    .prefault({})
    .describe("who may plan, start, pause, retry and roll back; every full member where empty"),
});

/** `kong-upgrade.yml` as people write it. Unknown keys are errors: a typo must not silently mean the default. */
export const fileSchema = z.strictObject({
  version: z.literal(1),
  team: z.string().optional().describe("Slack team id; read from Slack where absent"),
  people: people.default({}).describe("humans and their accounts: all accounts of one human are one voter"),
  groups: groups.default({}).describe("lists of people that policies name"),
  freezes: z
    .array(freeze)
    .max(100)
    .default([])
    .describe("times in which nobody starts anything, in every environment that is not excepted"),
  environments: z
    // Names are checked apart (cross-check.ts): a wrong key would hide what is wrong below it.
    .record(z.string(), environment)
    .meta({ propertyNames: z.toJSONSchema(environmentName, { io: "input" }) })
    .refine((all) => Object.keys(all).length > 0, "expected at least one environment"),
});
export type ConfigFile = z.infer<typeof fileSchema>;
export type ConfigEnvironment = ConfigFile["environments"][string];
