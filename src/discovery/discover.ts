import type { Facts, NodeFacts } from "#src/kong/facts.ts";
import type { Inventory } from "#src/kong/inventory.ts";
import { unreadInputs } from "#src/kong/unread-inputs.ts";
import { mergeInventories } from "#src/kong/merge-inventories.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { placesElsewhere } from "#src/plan/steps/on-node.ts";
import { readNode } from "./admin-api.ts";
import type { NodeRoot } from "./admin-api.ts";
import { boundedAdmin, openAdmin } from "./admin-client.ts";
import { readDataPlanes } from "./data-planes.ts";
import { readEntities } from "./entities.ts";
import type { Entities } from "./entities.ts";
import { readHost } from "./host.ts";
import { readFiles } from "./files/read-files.ts";
import { editionOf, installationFacts } from "./installation-facts.ts";
import type { Readings } from "./installation-facts.ts";
import { buildInventory } from "./inventory.ts";
import type { NodeSettings } from "./inventory.ts";
import { readCliVersion, readMigrations } from "./kong-cli.ts";
import { databaseLogin, readDatabase } from "./kong-database.ts";
import { readCluster, targetChartOf } from "./kubernetes.ts";
import type { ClusterReading } from "./kubernetes.ts";
import { readLicence } from "./licence.ts";
import { mergedSettings, surveySettings } from "./node-settings.ts";
import type { DiscoveryPorts } from "./ports.ts";
import { SurveyLog } from "./survey-log.ts";
import type { Scope, Surveyor } from "./surveyor.ts";
import { readWorkspaces } from "./workspaces.ts";

/** What a look at an installation gives: facts to keep, and everything that hazards are judged from. */
export interface Discovery {
  readonly facts: Facts;
  readonly inventory: Inventory;
}

/**
 * Reads a live installation, read-only. It never rejects because of the installation: a source that is missing, slow
 * or forbidden is named in `sources` with what stays undecided because of it.
 */
export async function discover(
  environment: Environment,
  ports: DiscoveryPorts,
  scope: Scope = "installation",
): Promise<Discovery> {
  const surveyor: Surveyor = {
    environment: within(environment, scope),
    ports,
    log: new SurveyLog(ports.now),
    admin: boundedAdmin(openAdmin(environment, ports), ports.now),
    scope,
  };
  const [nodes, settings, database, hosts, cluster] = await Promise.all([
    Promise.all(environment.nodes.map((node) => surveyNode(node, surveyor))),
    surveySettings(surveyor),
    surveyDatabase(surveyor),
    surveyHosts(surveyor),
    surveyCluster(surveyor),
  ]);
  const answering = nodes.find((one) => answers(one));
  const spokesman = environment.nodes.find(({ name }) => name === answering?.facts.name);
  const lists =
    spokesman === undefined ? await noEntities(surveyor) : await surveyLists(spokesman, answering?.root, surveyor);
  const migrations = await surveyMigrations(
    nodes.map(({ facts }) => facts),
    surveyor,
  );
  const full = database === undefined || migrations === undefined ? database : { ...database, migrations };
  const readings: Readings = {
    at: ports.now(),
    roots: nodes.flatMap(({ facts, root }) =>
      root === undefined ? [] : [{ source: `${facts.name}: Admin API`, root }],
    ),
    ...lists,
    counts: database?.counts,
    hosts: [...hosts, ...cluster.hosts],
    imageVersions: cluster.versions,
    helmReleases: cluster.installed,
  };
  const all: readonly NodeSettings[] =
    environment.kubernetes === undefined ? settings : [...settings, { settings: cluster.settings }];
  const live = buildInventory({
    environment: surveyor.environment,
    readings,
    settings: all,
    database: full,
    cluster,
    isWhole: lists.isWhole,
    sources: surveyor.log.sources(),
  });
  const inventory = await withSourceFiles(live, surveyor);
  return {
    facts: {
      observedAt: ports.now(),
      nodes: nodes.map(({ facts }) => facts),
      ...(full === undefined ? {} : { database: full }),
      installation: installationFacts(readings),
      configuration: mergedSettings(all),
      sources: surveyor.log.sources(),
    },
    inventory,
  };
}

/** What the environment's files tell beside the live installation, which counts where both tell the same. */
async function withSourceFiles(inventory: Inventory, { environment, log }: Surveyor): Promise<Inventory> {
  const { sources, kubernetes } = environment;
  if (sources === undefined) return inventory;
  const { template, ...lists } = sources;
  const charts = { to: kubernetes === undefined ? undefined : targetChartOf(kubernetes) };
  const read = await readFiles({ ...lists, charts, ...(template === undefined ? {} : { template }) }, inventory.today);
  for (const { name, problem } of unreadInputs(read.inventory)) log.fail(`files: ${name}`, [name], problem);
  return mergeInventories(inventory, read.inventory);
}

/** Without a database to log in to, where only the Admin API is asked. */
function within(environment: Environment, scope: Scope): Environment {
  return scope === "installation" ? environment : { ...environment, database: undefined };
}

interface SurveyedNode {
  readonly facts: NodeFacts;
  readonly root: NodeRoot | undefined;
}

function answers({ facts }: SurveyedNode): boolean {
  return facts.admin?.databaseReachable === true;
}

async function surveyNode(node: KongNode, { environment, ports, log, admin, scope }: Surveyor): Promise<SurveyedNode> {
  const [answer, cliVersion] = await Promise.all([
    node.admin === undefined
      ? undefined
      : log.read(`${node.name}: Admin API`, [`running version, role and plugins of ${node.name}`], () =>
          readNode(node, admin),
        ),
    scope === "admin_api"
      ? undefined
      : log.read(`${node.name}: kong version`, [`installed package of ${node.name}`], () =>
          readCliVersion(environment, node, ports),
        ),
  ]);
  return {
    root: answer?.root,
    facts: {
      name: node.name,
      ...(answer === undefined ? {} : { admin: answer.admin }),
      ...(cliVersion === undefined ? {} : { cliVersion }),
    },
  };
}

async function surveyDatabase({ environment, ports, log }: Surveyor): Promise<Facts["database"]> {
  const { database } = environment;
  if (database === undefined) return undefined;
  const undecided = ["migration state, lock, size and PostgreSQL version"];
  return log.read(`PostgreSQL ${database.name}`, undecided, async () =>
    readDatabase(await databaseLogin(environment, { name: database.name, as: "kong" }, ports), ports),
  );
}

async function surveyHosts({ environment, ports, log, scope }: Surveyor): Promise<Readings["hosts"]> {
  if (scope === "admin_api" || environment.nodes.length === 0) return [];
  const undecided = ["operating systems that are no longer supported"];
  const { nodes } = environment;
  const isHere = nodes.some(({ transport }) => transport === undefined);
  const hosts = await Promise.all([
    isHere ? log.read("operating system", undecided, () => readHost(ports)) : undefined,
    ...placesElsewhere(nodes).map((node) =>
      log.read(`${node.name}: operating system`, undecided, () => readHost(ports, node.transport)),
    ),
  ]);
  return hosts.filter((host) => host !== undefined);
}

async function surveyCluster({ environment, ports, log }: Surveyor): Promise<ClusterReading> {
  const nothing: ClusterReading = {
    releases: [],
    installed: undefined,
    manifests: [],
    hosts: [],
    settings: [],
    versions: [],
  };
  return environment.kubernetes === undefined ? nothing : readCluster(environment.kubernetes, { ports, log });
}

type Lists = Pick<Readings, "workspaces" | "entities" | "licence" | "dataPlanes"> & { readonly isWhole: boolean };

async function surveyLists(
  node: KongNode,
  root: NodeRoot | undefined,
  { environment, ports, log, admin }: Surveyor,
): Promise<Lists> {
  const edition = root === undefined ? undefined : editionOf(root);
  const workspaces = await log.read("Admin API /workspaces", ["entities of other workspaces"], async () => {
    const found = await readWorkspaces(node, environment.adminApi?.workspaces, admin);
    if (found === undefined && edition === "enterprise")
      throw new Error("GET /workspaces answered HTTP 404, and Enterprise has it: is this an Admin API?");
    return found ?? ["default"];
  });
  const reader = { node, admin, log, onProgress: ports.onProgress };
  const found: Entities = await readEntities(workspaces ?? ["default"], reader);
  const licence = await log.read("Admin API /licenses", ["the end of the licence"], () => readLicence(node, admin));
  const controlPlane = environment.nodes.find(({ role }) => role === "control_plane");
  const dataPlanes =
    controlPlane === undefined
      ? undefined
      : await log.read("Admin API /clustering/data-planes", ["versions of the data planes"], () =>
          readDataPlanes(controlPlane, admin),
        );
  return {
    entities: found.entities,
    isWhole: found.isWhole && workspaces !== undefined,
    workspaces,
    licence,
    dataPlanes,
  };
}

async function noEntities({ environment, log }: Surveyor): Promise<Lists> {
  if (environment.nodes.some(({ admin }) => admin !== undefined)) {
    const problem = "no node's Admin API answered with its database reachable";
    log.fail("Admin API entities", ["hazards of routes and plugins"], problem);
  }
  return { entities: [], isWhole: false, workspaces: undefined, licence: undefined, dataPlanes: undefined };
}

async function surveyMigrations(
  nodes: readonly NodeFacts[],
  { environment, ports, log }: Surveyor,
): Promise<NonNullable<Facts["database"]>["migrations"]> {
  if (environment.database === undefined || environment.nodes.length === 0) return undefined;
  const name = "kong migrations";
  const undecided = ["whether an earlier upgrade is unfinished"];
  const node = environment.nodes.find(
    (candidate) => candidate.role !== "data_plane" && cliVersionOf(nodes, candidate) !== undefined,
  );
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
