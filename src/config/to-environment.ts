import type { Database } from "#src/plan/database.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { ConfigEnvironment, ConfigFile } from "./file-schema.ts";
import { present } from "./present.ts";
import { toCalendar } from "./to-calendar.ts";
import { toList, toPolicies, toWindow } from "./to-policy.ts";
import { toSoak } from "./to-soak.ts";
import { toJob, toTransport } from "./transport-schema.ts";

/** What people wrote as the environment that plans are made from. */
export function toEnvironment(name: string, file: ConfigEnvironment, all: ConfigFile): Environment {
  const { groups } = all;
  return {
    name,
    description: file.description,
    channel: file.channel,
    edition: file.edition,
    topology: file.topology,
    keyring: file.keyring,
    ...present("database", file.database === undefined ? undefined : toDatabase(file.database)),
    nodes: toNodes(file.nodes, file.transport),
    backupDir: file.backup_dir.replace(/\/+$/u, ""),
    tools: {
      pgDump: file.tools.pg_dump,
      pgRestore: file.tools.pg_restore,
      createdb: file.tools.createdb,
      dropdb: file.tools.dropdb,
      psql: file.tools.psql,
    },
    hooks: toHooks(file.hooks),
    smokeTests: file.smoke_tests.map(({ expect, ...test }) => ({ ...test, expectStatus: expect })),
    ...toSoak(file.soak),
    timeouts: {
      migrationsMs: file.timeouts.migrations,
      backupMs: file.timeouts.backup,
      commandMs: file.timeouts.command,
      ...present("steps", file.timeouts.steps),
    },
    policies: toPolicies(file.policies, { groups, windows: (file.windows ?? []).map(toWindow) }),
    ...toTopology(file),
    operators: toOperators(file.operators, groups),
    ...present("calendar", toCalendar(name, file, all)),
  };
}

function toNodes(nodes: ConfigEnvironment["nodes"], ofAll: ConfigEnvironment["transport"]): Environment["nodes"] {
  return nodes.map(({ transport, ...node }) => {
    const way = transport ?? ofAll;
    return {
      ...node,
      ...present("transport", way && toTransport(way, node.name)),
      ...present("job", way && toJob(way)),
    };
  });
}

type FileDatabase = NonNullable<ConfigEnvironment["database"]>;

function toDatabase(database: FileDatabase): Database {
  const admin = database.admin ?? { user: database.user, password: database.password, database: "postgres" };
  return {
    host: database.host,
    port: database.port,
    name: database.name,
    user: database.user,
    ...present("password", database.password),
    admin: { user: admin.user, database: admin.database, ...present("password", admin.password) },
  };
}

function toHooks(hooks: ConfigEnvironment["hooks"]): Environment["hooks"] {
  return {
    ...present("install", toHook(hooks.install)),
    ...present("freeze", toHook(hooks.freeze)),
    ...present("unfreeze", toHook(hooks.unfreeze)),
    ...present("decommission", toHook(hooks.decommission)),
    ...present("start", toHook(hooks.start)),
    ...present("stop", toHook(hooks.stop)),
    ...present("drain", toHook(hooks.drain)),
    ...present("admit", toHook(hooks.admit)),
    ...present("shiftTraffic", toHook(hooks.shift_traffic)),
    ...present("provision", toHook(hooks.provision)),
    ...present("configure", toHook(hooks.configure)),
  };
}

/** What only some topologies and strategies have; a part that is not written stays absent. */
function toTopology(file: ConfigEnvironment): Partial<Environment> {
  const { green, kubernetes, packages, service, sources, rolling, traffic } = file;
  return {
    ...present(
      "green",
      green && {
        nodes: toNodes(green.nodes, file.transport),
        ...present("database", green.database && toDatabase(green.database)),
      },
    ),
    ...present("kubernetes", kubernetes && toKubernetes(kubernetes)),
    ...present("packages", packages && renamed(packages)),
    ...present("service", service && renamed(service)),
    ...present("adminApi", file.admin_api && toAdminApi(file.admin_api)),
    ...present("sources", sources && toSources(sources)),
    ...present("deck", file.deck),
    ...present("declarative", file.declarative),
    ...present(
      "rolling",
      rolling && { batchSize: rolling.batch_size, maxUnavailable: rolling.max_unavailable, pauseMs: rolling.pause },
    ),
    ...present("traffic", traffic && { shares: traffic.shares, observeMs: traffic.observe }),
    ...present("licence", file.licence),
    ...present("cassandra", file.cassandra),
    ...present("preproduction", file.preproduction),
    ...present("copyOf", file.copy_of),
    ...present("copySource", file.copy_source),
    ...present("runner", file.runner),
  };
}

function renamed<Part extends { readonly sudo: boolean }>({
  sudo,
  ...part
}: Part): Omit<Part, "sudo"> & { readonly usesSudo: boolean } {
  return { ...part, usesSudo: sudo };
}

function toKubernetes(file: NonNullable<ConfigEnvironment["kubernetes"]>): NonNullable<Environment["kubernetes"]> {
  const { chart_version: chartVersion, ingress_controller: controller, ingress_replicas: replicas, ...rest } = file;
  const ingress = controller === undefined ? {} : { ingressController: controller, ingressReplicas: replicas };
  return { ...rest, chartVersion, ...ingress };
}

function toAdminApi(file: NonNullable<ConfigEnvironment["admin_api"]>): NonNullable<Environment["adminApi"]> {
  const { token_header: tokenHeader, ...rest } = file;
  return { ...rest, ...present("tokenHeader", tokenHeader) };
}

function toSources(file: NonNullable<ConfigEnvironment["sources"]>): NonNullable<Environment["sources"]> {
  const { helm_values: helmValues, ...rest } = file;
  return { ...rest, helmValues };
}

function toHook(hook: ConfigEnvironment["hooks"]["install"]): Environment["hooks"]["install"] {
  if (hook === undefined) return undefined;
  const { argv, timeout, on, idempotent, cancel, probe } = hook;
  return {
    argv,
    timeoutMs: timeout,
    // Absent where it is the default, so that environments from before it have the digest that they had.
    ...(idempotent ? { isIdempotent: true } : {}),
    ...(on === "node" ? { on } : {}),
    ...(cancel ? { canBeCancelled: true } : {}),
    ...present("probe", probe && { argv: probe.argv, timeoutMs: probe.timeout }),
  };
}

function toOperators(
  { users, groups: named }: ConfigEnvironment["operators"],
  groups: ConfigFile["groups"],
): Environment["operators"] {
  const inGroups = toList(named, groups);
  return { users: [...users, ...inGroups.users], groups: inGroups.groups };
}
