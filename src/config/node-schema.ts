import { z } from "zod";
import { secretRefSchema } from "#src/plan/secret-ref.ts";
import { duration, url } from "./field-schemas.ts";
import { transport } from "./transport-schema.ts";

const words = z.array(z.string().min(1)).min(1);

export const hook = z
  .strictObject({
    argv: words.describe("program and arguments, never a shell line; {version}, {from} and {node} are replaced"),
    timeout: duration("10m", "the step fails after this time"),
    on: z
      .enum(["runner", "node"])
      .default("runner")
      .describe(
        "where it and its probe run: once on the runner (for each node where it names {node}), or on each node by its transport",
      ),
    idempotent: z
      .boolean()
      .default(false)
      .describe("running it twice does the same as once; without it, one that was cut off is never taken for failed"),
    cancel: z.boolean().default(false).describe("may be ended in the middle when somebody cancels the step"),
    probe: z
      .strictObject({
        argv: words.describe("a command that only looks; words are replaced as in the hook"),
        timeout: duration("30s", "after this time nobody knows"),
      })
      .optional()
      .describe("tells whether the hook has done its work: exit status 0 yes, 1 no, anything else leaves it open"),
  })
  .refine(
    ({ argv, on, probe }) => probe === undefined || on === "node" || namesNode(argv) || !namesNode(probe.argv),
    "the probe names {node} and the hook does not: a hook that runs once is asked once",
  );

function namesNode(argv: readonly string[]): boolean {
  return argv.some((word) => word.includes("{node}"));
}

export const node = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/u, "expected lower-case letters, digits and dashes"),
  kong: z.string().default("/usr/local/bin/kong").describe("the kong program where the node is"),
  conf: z.string().default("/etc/kong/kong.conf"),
  prefix: z.string().default("/usr/local/kong"),
  role: z
    .enum(["traditional", "control_plane", "data_plane", "dbless"])
    .optional()
    .describe("what the node is for; traditional where absent"),
  hostname: z
    .string()
    .optional()
    .describe("what a data plane calls itself at its control plane; its name where absent"),
  transport: transport.optional().describe("how the runner reaches the node; as the environment says where absent"),
  group: z.string().optional().describe("nodes of one group are upgraded together, e.g. the data planes of a zone"),
  admin: url.optional().describe("Admin API base address as the runner reaches it; data planes have none"),
  status: url.optional().describe("Status API base address (status_listen): readiness and loaded configuration"),
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

export const database = z.strictObject({
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
