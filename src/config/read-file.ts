import { LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";
import type { z } from "zod";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import { fileSchema } from "./file-schema.ts";
import type { ConfigEnvironment, ConfigFile } from "./file-schema.ts";

/** Configuration is small; a larger file is a mistake (or an attack with YAML anchors). */
const maxFileBytes = 1_000_000;

/** One thing that is wrong in the file: where, and what was expected. Never shows values, which may be secrets. */
export interface Complaint {
  readonly path: string;
  readonly line: number | undefined;
  readonly message: string;
}

/** Reads `kong-upgrade.yml`: every environment, or all complaints at once with path and line. */
export function readConfigFile(text: string): Result<readonly Environment[], readonly Complaint[]> {
  if (text.length > maxFileBytes)
    return no([{ path: "", line: undefined, message: `the file is larger than ${maxFileBytes} bytes` }]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return no(
      document.errors.map((error) => ({
        path: "",
        line: lines.linePos(error.pos[0]).line,
        message: `not YAML: ${error.message}`,
      })),
    );
  }
  const parsed = fileSchema.safeParse(toPlain(document));
  if (!parsed.success) return no(parsed.error.issues.flatMap((issue) => complaintsOf(issue, document, lines)));
  const complaints = crossCheck(parsed.data, document, lines);
  if (complaints.length > 0) return no(complaints);
  return ok(Object.entries(parsed.data.environments).map(([name, environment]) => toEnvironment(name, environment)));
}

function toPlain(document: Document): unknown {
  return document.toJS({ maxAliasCount: 50 });
}

function complaintsOf(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): readonly Complaint[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => complaint([...issue.path, key], `unknown key “${key}”`, document, lines));
  }
  return [complaint(issue.path, issue.message, document, lines)];
}

function complaint(path: readonly PropertyKey[], message: string, document: Document, lines: LineCounter): Complaint {
  return { path: path.map(String).join("."), line: lineOf(path, document, lines), message };
}

/** The line of the nearest part of the path that exists in the file. */
function lineOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const offset = rangeStart(node);
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return undefined;
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const start: unknown = node.range[0];
  return typeof start === "number" ? start : undefined;
}

/** What one key alone cannot tell: two environments in one channel, a node named twice. */
function crossCheck(file: ConfigFile, document: Document, lines: LineCounter): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const channels = new Map<string, string>();
  for (const [name, environment] of Object.entries(file.environments)) {
    const other = channels.get(environment.channel);
    if (other !== undefined) {
      complaints.push(
        complaint(
          ["environments", name, "channel"],
          `the channel already belongs to ${other}; give every environment its own`,
          document,
          lines,
        ),
      );
    }
    channels.set(environment.channel, name);
    const seen = new Set<string>();
    environment.nodes.forEach((node, index) => {
      if (seen.has(node.name))
        complaints.push(
          complaint(
            ["environments", name, "nodes", index, "name"],
            `two nodes are named ${node.name}`,
            document,
            lines,
          ),
        );
      seen.add(node.name);
    });
  }
  return complaints;
}

function toEnvironment(name: string, file: ConfigEnvironment): Environment {
  const { database, hooks } = file;
  const admin = database.admin ?? { user: database.user, password: database.password, database: "postgres" };
  return {
    name,
    description: file.description,
    channel: file.channel,
    edition: file.edition,
    topology: file.topology,
    keyring: file.keyring,
    database: {
      host: database.host,
      port: database.port,
      name: database.name,
      user: database.user,
      ...present("password", database.password),
      admin: { user: admin.user, database: admin.database, ...present("password", admin.password) },
    },
    nodes: file.nodes,
    backupDir: file.backup_dir.replace(/\/+$/u, ""),
    tools: {
      pgDump: file.tools.pg_dump,
      pgRestore: file.tools.pg_restore,
      createdb: file.tools.createdb,
      dropdb: file.tools.dropdb,
      psql: file.tools.psql,
    },
    hooks: {
      ...present("install", toHook(hooks.install)),
      ...present("freeze", toHook(hooks.freeze)),
      ...present("unfreeze", toHook(hooks.unfreeze)),
      ...present("decommission", toHook(hooks.decommission)),
    },
    smokeTests: file.smoke_tests.map(({ expect, ...test }) => ({ ...test, expectStatus: expect })),
    soak: {
      durationMs: file.soak.duration,
      sampleEveryMs: file.soak.sample_every,
      maxErrorRateIncrease: file.soak.max_error_rate_increase,
      ...present("metricsUrl", file.soak.metrics_url),
    },
    timeouts: {
      migrationsMs: file.timeouts.migrations,
      backupMs: file.timeouts.backup,
      commandMs: file.timeouts.command,
    },
    policies: {
      irreversible: toPolicy(file.policies.irreversible),
      ...present("disruptive", file.policies.disruptive === undefined ? undefined : toPolicy(file.policies.disruptive)),
    },
    operators: file.operators,
  };
}

function toHook(hook: ConfigEnvironment["hooks"]["install"]): Environment["hooks"]["install"] {
  return hook === undefined ? undefined : { argv: hook.argv, timeoutMs: hook.timeout };
}

function toPolicy({
  users,
  groups,
  quorum,
  expires_after: expiresAfterMs,
}: ConfigEnvironment["policies"]["irreversible"]): Environment["policies"]["irreversible"] {
  return { users, groups, quorum, expiresAfterMs };
}

function present<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [Name in Key]?: Value } {
  const entry: { [Name in Key]?: Value } = {};
  if (value !== undefined) entry[key] = value;
  return entry;
}
