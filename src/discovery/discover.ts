import { databaseOf } from "#src/plan/environment.ts";
import type { Facts, NodeFacts } from "#src/kong/facts.ts";
import { configurationSource } from "#src/kong/hazards/evidence.ts";
import { readKongConf, settingsOfEnvironment } from "#src/kong/kong-conf.ts";
import type { Environment, KongNode } from "#src/plan/environment.ts";
import { readNode } from "./admin-api.ts";
import { readEntities } from "./entities.ts";
import { readCliVersion, readMigrations } from "./kong-cli.ts";
import { databaseLogin, readDatabase } from "./kong-database.ts";
import { limits } from "./limits.ts";
import type { DiscoveryPorts } from "./ports.ts";
import { redactSetting } from "./redact.ts";
import { SurveyLog } from "./survey-log.ts";

/**
 * Reads a live installation, read-only. It never rejects because of the installation: a source that is missing, slow
 * or forbidden is named in `sources` with what stays undecided because of it.
 */
export async function discover(environment: Environment, ports: DiscoveryPorts): Promise<Facts> {
  const log = new SurveyLog(ports.now);
  const [nodes, configuration, database] = await Promise.all([
    Promise.all(environment.nodes.map((node) => surveyNode(environment, { node, ports, log }))),
    surveyConfiguration(environment, ports, log),
    surveyDatabase(environment, ports, log),
  ]);
  const spokesman = environment.nodes.find((node) =>
    nodes.some((facts) => facts.name === node.name && facts.admin?.databaseReachable === true),
  );
  const entities = spokesman === undefined ? noEntities(log) : await readEntities(spokesman, ports, log);
  const migrations = await surveyMigrations(environment, { nodes, ports, log });
  return {
    observedAt: ports.now(),
    nodes,
    ...(database === undefined ? {} : { database: migrations === undefined ? database : { ...database, migrations } }),
    ...entities,
    configuration,
    sources: log.sources(),
  };
}

interface Surveyor {
  readonly ports: DiscoveryPorts;
  readonly log: SurveyLog;
}

async function surveyNode(
  environment: Environment,
  { node, ports, log }: Surveyor & { readonly node: KongNode },
): Promise<NodeFacts> {
  const [admin, cliVersion] = await Promise.all([
    log.read(`${node.name}: Admin API`, [`running version, role and plugins of ${node.name}`], () =>
      readNode(node, ports),
    ),
    log.read(`${node.name}: kong version`, [`installed package of ${node.name}`], () =>
      readCliVersion(environment, node, ports),
    ),
  ]);
  return {
    name: node.name,
    ...(admin === undefined ? {} : { admin }),
    ...(cliVersion === undefined ? {} : { cliVersion }),
  };
}

/** Explicitly set keys of all nodes, the environment over the file; where nodes differ the first one tells. */
async function surveyConfiguration(
  environment: Environment,
  ports: DiscoveryPorts,
  log: SurveyLog,
): Promise<Facts["configuration"]> {
  const undecided = ["removed, renamed and re-defaulted kong.conf keys"];
  const perNode = await Promise.all(
    environment.nodes.map((node) =>
      log.read(`${node.name}: ${configurationSource}`, undecided, async () => ({
        ...readKongConf(await ports.readText(node.conf, limits.httpTimeoutMs)),
        ...settingsOfEnvironment(node.env),
      })),
    ),
  );
  const merged: Record<string, string> = {};
  for (const settings of perNode) {
    for (const [key, value] of Object.entries(settings ?? {})) merged[key] ??= redactSetting(key, value);
  }
  return merged;
}

async function surveyDatabase(
  environment: Environment,
  ports: DiscoveryPorts,
  log: SurveyLog,
): Promise<Facts["database"]> {
  const undecided = ["migration state, lock, size and PostgreSQL version"];
  return log.read(`PostgreSQL ${databaseOf(environment).name}`, undecided, async () =>
    readDatabase(await databaseLogin(environment, { name: databaseOf(environment).name, as: "kong" }, ports), ports),
  );
}

async function surveyMigrations(
  environment: Environment,
  { nodes, ports, log }: Surveyor & { readonly nodes: readonly NodeFacts[] },
): Promise<NonNullable<Facts["database"]>["migrations"]> {
  const name = "kong migrations";
  const undecided = ["whether an earlier upgrade is unfinished"];
  const node = environment.nodes.find((candidate) => cliVersionOf(nodes, candidate) !== undefined);
  const cliVersion = node === undefined ? undefined : cliVersionOf(nodes, node);
  if (node === undefined || cliVersion === undefined) {
    log.fail(name, undecided, "no node's kong command answered");
    return undefined;
  }
  return log.read(name, undecided, () => readMigrations(environment, { node, cliVersion }, ports));
}

function cliVersionOf(nodes: readonly NodeFacts[], node: KongNode): string | undefined {
  return nodes.find((facts) => facts.name === node.name)?.cliVersion;
}

function noEntities(log: SurveyLog): { readonly routes: readonly []; readonly plugins: readonly [] } {
  log.fail(
    "Admin API entities",
    ["hazards of routes and plugins"],
    "no node's Admin API answered with its database reachable",
  );
  return { routes: [], plugins: [] };
}
