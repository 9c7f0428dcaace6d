import { databaseOf } from "./databases-of.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "./environment.ts";
import { roleOf, usesDatabase } from "./node-roles.ts";
import type { PlanRefusal } from "./refusal.ts";
import { toldOfNode } from "./told-of-node.ts";

/** Refuses installations whose database cannot be migrated, or not safely, by what discovery read of it and its nodes. */
export function refuseFacts(environment: Environment, facts: Facts): readonly PlanRefusal[] {
  return [...refuseNodes(environment, facts), ...refuseDatabase(environment, facts)];
}

/** Nodes that tell another database or role than the configuration gives them; those without a database are not asked. */
function refuseNodes(environment: Environment, facts: Facts): readonly PlanRefusal[] {
  return environment.nodes.flatMap((node): readonly PlanRefusal[] => {
    const admin = toldOfNode(facts, node.name)?.admin;
    if (admin === undefined || !usesDatabase(environment, node)) return [];
    const { database, role } = admin;
    const expected = roleOf(environment, node);
    return [
      ...(database === "postgres"
        ? []
        : [
            {
              code: "database_unsupported",
              sentence: `${node.name} runs with database = ${database}; only a PostgreSQL database has migrations to run here`,
              help:
                database === "cassandra"
                  ? "move to PostgreSQL on the running version first: Kong 3.4 and later do not start with Cassandra"
                  : "a node without a database has no migrations: it is replaced, not migrated",
              isMisfit: true as const,
            },
          ]),
      ...(role === expected
        ? []
        : [
            {
              code: "topology_unsupported",
              sentence: `${node.name} has the role ${role}, and the environment is configured as ${expected}`,
              help: "plan hybrid installations control plane first, with a strategy made for them",
              isMisfit: true as const,
            },
          ]),
    ];
  });
}

function refuseDatabase(environment: Environment, facts: Facts): readonly PlanRefusal[] {
  const { database } = facts;
  if (environment.database === undefined) return [noDatabase(environment)];
  if (database === undefined) {
    return [
      {
        code: "database_unread",
        sentence: `the database ${databaseOf(environment).name} on ${databaseOf(environment).host}:${databaseOf(environment).port} could not be read`,
        help: "without its migration state no plan can be proven: check address, role and password of `database`",
      },
    ];
  }
  const { migrations } = database;
  if (migrations === undefined) {
    return [
      {
        code: "migrations_unread",
        sentence: "`kong migrations` of the running version did not tell the state of the database",
        help: "check that the runner may run the node's kong command with its kong.conf and password",
      },
    ];
  }
  switch (migrations.state) {
    case "up_to_date":
      return isNewerThanPackage(facts) ? [newerSchema] : [];
    case "needs_bootstrap":
      return [
        {
          code: "not_bootstrapped",
          sentence: `the database ${databaseOf(environment).name} holds no Kong schema, or one older than Kong 1.0`,
          help: "check that `database` names the database that the nodes use",
        },
      ];
    case "pending":
    case "pending_and_new":
      return [
        {
          code: "earlier_upgrade_unfinished",
          sentence: `an earlier upgrade was never finished: migrations are pending in ${Object.keys(migrations.pending).join(", ")}`,
          help: "run `kong migrations finish` with the running version, test, then plan again",
        },
      ];
    case "new":
      return [
        {
          code: "migrations_missing",
          sentence: "the installed version has migrations that this database lacks",
          help: "run `kong migrations up` and `finish` with the running version first, or put back the package that belongs to this database",
        },
      ];
  }
}

function noDatabase({ name, cassandra }: Environment): PlanRefusal {
  return {
    code: "database_unsupported",
    sentence: `${name} has no PostgreSQL database that could be migrated`,
    help:
      cassandra === undefined
        ? "nodes without a database are replaced one by one: plan with the strategy rolling"
        : "move to PostgreSQL on the running version first: Kong 3.4 and later do not start with Cassandra",
  };
}

const newerSchema: PlanRefusal = {
  code: "schema_newer_than_package",
  sentence:
    "`schema_meta` holds core migrations that the installed package does not know: this database was already migrated by a newer Kong",
  help: "restore the database that belongs to the running version, or install the version that migrated it",
};

/** An old `kong` says nothing about a newer schema (seen with 2.8.5 on 3.4.2), so the names are compared here. */
function isNewerThanPackage(facts: Facts): boolean {
  const core = facts.database?.schemaMeta.find((row) => row.subsystem === "core");
  const known = facts.database?.migrations?.executed["core"];
  if (core === undefined || known === undefined) return false;
  return [...core.executed, ...core.pending].some((name) => !known.includes(name));
}
