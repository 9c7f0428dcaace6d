import { z } from "zod";
import { groupIdSchema, userIdSchema } from "#approvals/person.ts";
import { durationMsSchema } from "#src/kernel/duration.ts";
import { secretRefSchema } from "#src/plan/environment.ts";

/** Timers of Node overflow at 24 days and then fire at once; no time of an upgrade is that long. */
const longestMs = 7 * 86_400_000;
const duration = (fallback: string, description: string) =>
  z
    .string()
    .default(fallback)
    .pipe(durationMsSchema.refine((ms) => ms >= 1 && ms <= longestMs, "expected a duration between 1ms and 7d"))
    .describe(`${description} (e.g. 30s, 10m, 2h; default ${fallback})`);
const url = z.url({ protocol: /^https?$/u, error: "expected an address such as http://10.0.0.11:8001" });
const channel = z.string().regex(/^[CG][A-Z0-9]{2,}$/u, "expected a Slack channel id such as C0PRACTCE");
/** How an environment may be called; people type it in Slack. */
export const environmentName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/u, "expected a name of lower-case letters, digits and dashes, at most 40 characters");

const people = z.strictObject({
  users: z.array(userIdSchema).default([]).describe("Slack user ids"),
  groups: z
    .array(groupIdSchema)
    .default([])
    .describe("Slack user group ids; membership is read fresh at each decision"),
});

const policy = people
  .extend({
    quorum: z.number().int().min(1).max(20).default(1).describe("how many distinct people must approve"),
    expires_after: duration("4h", "how long a request, and a granted approval, stays valid"),
  })
  .refine((value) => value.users.length + value.groups.length > 0, "expected at least one of users or groups")
  .refine(
    // A group's size is only known to Slack. Nobody named at all is the complaint above.
    ({ users, groups, quorum }) => groups.length > 0 || users.length === 0 || new Set(users).size >= quorum,
    "the quorum is larger than the number of people who may vote; name more people or a group",
  );

const hook = z.strictObject({
  argv: z
    .array(z.string().min(1))
    .min(1)
    .describe("program and arguments, never a shell line; {version}, {from} and {node} are replaced"),
  timeout: duration("10m", "the step fails after this time"),
});

const node = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/u, "expected lower-case letters, digits and dashes"),
  kong: z.string().default("/usr/local/bin/kong").describe("the kong program on the runner"),
  conf: z.string().default("/etc/kong/kong.conf"),
  prefix: z.string().default("/usr/local/kong"),
  admin: url.describe("Admin API base address as the runner reaches it"),
  proxy: url.describe("proxy base address as the runner reaches it"),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe("extra environment variables for kong commands (no secrets)"),
  secrets: z
    .record(z.string(), secretRefSchema)
    .default({})
    .describe("environment variables whose value lies in env or file"),
});

const database = z.strictObject({
  host: z.string(),
  port: z.number().int().min(1).max(65_535).default(5432),
  name: z.string().default("kong"),
  user: z.string().default("kong"),
  password: secretRefSchema.optional(),
  admin: z
    .strictObject({
      user: z.string().describe("role that may create databases: for the proof of the backup and for restores"),
      password: secretRefSchema.optional(),
      database: z.string().default("postgres").describe("database to connect to while another is created"),
    })
    .optional(),
});

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
  topology: z.enum(["traditional"]).default("traditional"),
  keyring: z
    .boolean()
    .default(false)
    .describe("whether Enterprise keyring encryption is on; its material is then backed up too"),
  database,
  nodes: z.array(node).min(1),
  backup_dir: z.string().startsWith("/", "expected an absolute path, one that begins with /"),
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
    })
    .prefault({}),
  smoke_tests: z.array(smokeTest).default([]).describe("requests whose status proves that the gateway works"),
  soak: z
    .strictObject({
      duration: duration("10m", "how long the new version is watched before the point of no return"),
      sample_every: duration("10s", "time between two samples"),
      metrics_url: url
        .optional()
        .describe("answers JSON {requests, errors, error_rate}; without it the smoke tests are repeated"),
      max_error_rate_increase: z.number().min(0).max(1).default(0.01),
    })
    .prefault({}),
  timeouts: z
    .strictObject({
      migrations: duration("10m", "also given to kong as --db-timeout and --lock-timeout"),
      backup: duration("30m", "for dumps and restores"),
      command: duration("2m", "for every other command"),
    })
    .prefault({}),
  policies: z.strictObject({
    irreversible: policy.describe("who approves steps that only a restore can undo"),
    disruptive: policy.optional().describe("who approves steps that may hurt traffic; nobody is asked where absent"),
  }),
  operators: people
    .prefault({})
    .describe("who may plan, start, pause, retry and roll back; every full member where empty"),
});

/** `kong-upgrade.yml` as people write it. Unknown keys are errors: a typo must not silently mean the default. */
export const fileSchema = z.strictObject({
  version: z.literal(1),
  team: z.string().optional().describe("Slack team id; read from Slack where absent"),
  environments: z
    // Names are checked apart (cross-check.ts): a wrong key would hide what is wrong below it.
    .record(z.string(), environment)
    .meta({ propertyNames: z.toJSONSchema(environmentName, { io: "input" }) })
    .refine((all) => Object.keys(all).length > 0, "expected at least one environment"),
});
export type ConfigFile = z.infer<typeof fileSchema>;
export type ConfigEnvironment = ConfigFile["environments"][string];
