import { allNodes } from "./sides.ts";
import type { Database } from "./database.ts";
import type { Environment } from "./environment.ts";
import type { KongNode } from "./kong-node.ts";
import type { HelmRelease, Kubernetes } from "./kubernetes.ts";
import type { PlanRefusal } from "./refusal.ts";

/**
 * Kong 3.4 and later paste argument values unescaped into a shell command line of their own (bin/kong, seen in 3.4.2
 * and 3.9.3), so a path with a quote runs as code whatever this program escapes: only plain characters are let through.
 */
const safeArgument = /^[A-Za-z0-9_./:@%+=,][A-Za-z0-9_./:@%+=,-]*$/u;
const safePath = /^\/[A-Za-z0-9_./:@%+=,-]*$/u;
/** Brackets stand around an IPv6 address. */
const safeAddress = /^https?:\/\/[A-Za-z0-9_./:@%[\]-]+$/u;
const safeDatabaseName = /^[A-Za-z_][A-Za-z0-9_]{0,40}$/u;
const safeNodeName = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/u;
const safeHeaderName = /^[A-Za-z][A-Za-z0-9-]{0,63}$/u;
/** `{node}` is replaced before it enters a command. */
const safeUnit = /^(?:[A-Za-z0-9_./:@%+=,]|\{node\})(?:[A-Za-z0-9_./:@%+=,-]|\{node\})*$/u;
const safeUpgradeId = /^[A-Za-z0-9-]{1,40}$/u;

/**
 * Refuses whatever could change its meaning on the way into a command, a file name or an SQL statement. Words of hooks
 * are left alone: they are the site's own program, started without a shell.
 */
export function refuseUnsafeText(environment: Environment, upgradeId: string): readonly PlanRefusal[] {
  const { database, green, kubernetes, tools, copySource } = environment;
  const nodes = allNodes(environment);
  const names = nodes.map((node) => node.name);
  return [
    ...check("upgrade id", upgradeId, safeUpgradeId, "letters, digits and hyphens"),
    ...(database === undefined ? [] : checkDatabase(database, "database")),
    ...(green?.database === undefined ? [] : checkDatabase(green.database, "green.database")),
    ...check("backup_dir", environment.backupDir, safePath, absolutePath),
    ...(copySource === undefined ? [] : check("copy_source", copySource, safePath, absolutePath)),
    ...Object.entries(tools).flatMap(([name, path]) => check(`tools.${name}`, path, safeArgument, plainCharacters)),
    ...nodes.flatMap((node) => checkNode(node)),
    ...(kubernetes === undefined ? [] : checkKubernetes(kubernetes)),
    ...checkPlatform(environment),
    ...checkAdminApi(environment),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => ({
        code: "node_named_twice",
        sentence: `two nodes are called \`${name}\``,
        help: "give every node of the environment its own name",
      })),
  ];
}

function checkDatabase({ name, user, host, admin }: Database, key: string): readonly PlanRefusal[] {
  return [
    ...check(`${key}.name`, name, safeDatabaseName, databaseNameRule),
    ...check(`${key}.user`, user, safeDatabaseName, databaseNameRule),
    ...check(`${key}.host`, host, safeArgument, plainCharacters),
    ...check(`${key}.admin.user`, admin.user, safeDatabaseName, databaseNameRule),
    ...check(`${key}.admin.database`, admin.database, safeDatabaseName, databaseNameRule),
  ];
}

/** Refuses file names that could change their meaning on the way into a command. */
export function refuseUnsafeFiles(what: string, paths: readonly string[]): readonly PlanRefusal[] {
  return paths.flatMap((path) => check(what, path, safeArgument, plainCharacters));
}

function checkNode(node: KongNode): readonly PlanRefusal[] {
  const nameRule = "lower-case letters, digits and hyphens, at most 40";
  const { name, kong, conf, prefix, admin, status, proxy } = node;
  return [
    ...check("node name", name, safeNodeName, nameRule),
    ...check(`${name}: kong`, kong, safeArgument, plainCharacters),
    ...check(`${name}: conf`, conf, safePath, absolutePath),
    ...check(`${name}: prefix`, prefix, safePath, absolutePath),
    // decK gets the Admin API's address as an argument.
    ...Object.entries({ admin, status, proxy }).flatMap(([key, url]) =>
      url === undefined ? [] : check(`${name}: ${key}`, url, safeAddress, "an http or https address without a query"),
    ),
  ];
}

function checkKubernetes(kubernetes: Kubernetes): readonly PlanRefusal[] {
  const { releases, kubectl, helm, context, namespace, chart, chartVersion, ingressController } = kubernetes;
  const own = { kubectl, helm, context, namespace, chart, chart_version: chartVersion };
  return [
    ...checkAll("kubernetes", { ...own, ingress_controller: ingressController }),
    ...releases.flatMap((release) => checkRelease(release)),
  ];
}

function checkRelease({ name, workload, values }: HelmRelease): readonly PlanRefusal[] {
  const part = `kubernetes.releases.${name}`;
  const files = values.flatMap((file) => check(`${part}.values`, file, safePath, absolutePath));
  return [...checkAll(part, { name, workload }), ...files];
}

/** What installs and starts nodes, and the other programs that a strategy may need, with their files. */
function checkPlatform(environment: Environment): readonly PlanRefusal[] {
  const { packages, service, deck, cassandra, declarative, sources } = environment;
  const own = [...(sources?.template === undefined ? [] : [sources.template]), ...(sources?.plugins ?? [])];
  return [
    ...checkAll("packages", { folder: packages?.folder, image: packages?.image }),
    ...(service === undefined
      ? []
      : check("service.unit", service.unit, safeUnit, `${plainCharacters}, and {node} for the node's name`)),
    ...checkAll("deck", { program: deck?.program, version: deck?.version }),
    ...checkAll("cassandra", { nodetool: cassandra?.nodetool }),
    ...(cassandra === undefined
      ? []
      : check("cassandra.keyspace", cassandra.keyspace, safeDatabaseName, databaseNameRule)),
    ...checkAll("declarative", { file: declarative?.file, converted: declarative?.converted }),
    ...own.flatMap((path) => check("sources", path, safePath, absolutePath)),
  ];
}

/** decK is told the same certificates, header and workspaces by its arguments. */
function checkAdminApi({ adminApi }: Environment): readonly PlanRefusal[] {
  if (adminApi === undefined) return [];
  const { ca, certificate, key, tokenHeader, workspaces = [] } = adminApi;
  return [
    ...checkAll("admin_api", { ca, certificate, key }),
    ...(tokenHeader === undefined
      ? []
      : check("admin_api.token_header", tokenHeader, safeHeaderName, "letters, digits and hyphens")),
    ...workspaces.flatMap((name) => check("admin_api.workspaces", name, safeArgument, plainCharacters)),
  ];
}

const databaseNameRule = "letters, digits and underscores, at most 41";
const plainCharacters = "letters, digits and _ . / : @ % + = , -";
const absolutePath = "an absolute path of letters, digits and _ . / : @ % + = , -";

/** The texts of one part that are there, as arguments. */
function checkAll(part: string, texts: Readonly<Record<string, string | undefined>>): readonly PlanRefusal[] {
  return Object.entries(texts).flatMap(([key, text]) =>
    text === undefined ? [] : check(`${part}.${key}`, text, safeArgument, plainCharacters),
  );
}

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
