import type { Database, Environment, KongNode } from "./environment.ts";
import type { PlanRefusal } from "./refusal.ts";

/**
 * Kong 3.4 and later paste argument values unescaped into a shell command line of their own (bin/kong, seen in 3.4.2
 * and 3.9.3), so a path with a quote runs as code whatever this program escapes: only plain characters are let through.
 */
const safeArgument = /^[A-Za-z0-9_./:@%+=,][A-Za-z0-9_./:@%+=,-]*$/u;
const safePath = /^\/[A-Za-z0-9_./:@%+=,-]*$/u;
const safeDatabaseName = /^[A-Za-z_][A-Za-z0-9_]{0,40}$/u;
const safeNodeName = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/u;
const safeUpgradeId = /^[A-Za-z0-9-]{1,40}$/u;

/** Refuses whatever could change its meaning on the way into a command, a file name or an SQL statement. */
export function refuseUnsafeText(environment: Environment, upgradeId: string): readonly PlanRefusal[] {
  const { database, nodes, tools, copySource } = environment;
  const names = nodes.map((node) => node.name);
  return [
    ...check("upgrade id", upgradeId, safeUpgradeId, "letters, digits and hyphens"),
    ...(database === undefined ? [] : checkDatabase(database)),
    ...check("backup_dir", environment.backupDir, safePath, absolutePath),
    ...(copySource === undefined ? [] : check("copy_source", copySource, safePath, absolutePath)),
    ...Object.entries(tools).flatMap(([name, path]) => check(`tools.${name}`, path, safeArgument, plainCharacters)),
    ...nodes.flatMap((node) => checkNode(node)),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => ({
        code: "node_named_twice",
        sentence: `two nodes are called \`${name}\``,
        help: "give every node of the environment its own name",
      })),
  ];
}

function checkDatabase(database: Database): readonly PlanRefusal[] {
  return [
    ...check("database.name", database.name, safeDatabaseName, "letters, digits and underscores, at most 41"),
    ...check("database.user", database.user, safeDatabaseName, "letters, digits and underscores, at most 41"),
    ...check("database.host", database.host, safeArgument, plainCharacters),
    ...check("database.admin.user", database.admin.user, safeDatabaseName, "letters, digits and underscores"),
    ...check("database.admin.database", database.admin.database, safeDatabaseName, "letters, digits and underscores"),
  ];
}

function checkNode(node: KongNode): readonly PlanRefusal[] {
  const nameRule = "lower-case letters, digits and hyphens, at most 40";
  return [
    ...check("node name", node.name, safeNodeName, nameRule),
    ...check(`${node.name}: kong`, node.kong, safeArgument, plainCharacters),
    ...check(`${node.name}: conf`, node.conf, safePath, absolutePath),
    ...check(`${node.name}: prefix`, node.prefix, safePath, absolutePath),
  ];
}

const plainCharacters = "letters, digits and _ . / : @ % + = , -";
const absolutePath = "an absolute path of letters, digits and _ . / : @ % + = , -";

function check(what: string, text: string, pattern: RegExp, allowed: string): readonly PlanRefusal[] {
  if (pattern.test(text)) return [];
  return [
    {
      code: "unsafe_text",
      sentence: `${what} ${JSON.stringify(text)} has characters that a command could take for something else`,
      help: `use ${allowed}; Kong 3.4 and later hand argument values to a shell without quoting`,
    },
  ];
}
