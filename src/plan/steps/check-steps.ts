import { databaseOf } from "#src/plan/databases-of.ts";
import { sideFlag } from "#src/plan/plan-context.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { isUp, proxyNodes, usesDatabase } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import { sources } from "./sources.ts";

type SoakAction = Extract<Step["action"], { readonly kind: "soak" }>;

/** Tables whose rows Kong's own migrations delete or move (core 016_280_to_300), and `tags`, which follows them by triggers. */
export const tablesThatMigrationsChange = ["tags", "targets", "vaults", "vaults_beta"] as const;

/** Every node serves as this version: with its database, or with the configuration it was given. */
export function allServing(context: PlanContext, version: string): readonly Probe[] {
  return context.environment.nodes.flatMap((node) => isUp(context.environment, node, version));
}

/** Every node's package is of this version. */
export function allInstalled(context: PlanContext, version: string): readonly Probe[] {
  return context.environment.nodes.map((node) => ({ kind: "cli_version", node: node.name, version }));
}

/** Every node is down. */
export function allStopped(context: PlanContext): readonly Probe[] {
  return context.environment.nodes.map((node) => ({ kind: "node_stopped", node: node.name }));
}

/** The smoke tests of the environment through every node that proxies; nothing where there are none. */
export function smokeProbes({ environment }: PlanContext): readonly Probe[] {
  const tests = environment.smokeTests;
  const nodes = proxyNodes(environment).map(({ name }) => name);
  return tests.length === 0 || nodes.length === 0 ? [] : [{ kind: "smoke", nodes, tests }];
}

/**
 * The migration state that the first node's CLI and `schema_meta` agree on. Which version that CLI is of has to be said
 * only where a Job asks, else it is the one that is installed by then.
 */
export function migrations(
  context: PlanContext,
  oneOf: Extract<Probe, { kind: "migrations" }>["oneOf"],
  version = context.to,
): Probe {
  const { name, job } = migratingNode(context);
  return { kind: "migrations", node: name, oneOf, ...(job === undefined ? {} : { version }) };
}

/** The node whose package runs the migrations: the first of the configuration that uses the database. */
export function migratingNode({ environment }: PlanContext): KongNode {
  const node = environment.nodes.find((candidate) => usesDatabase(environment, candidate));
  if (node === undefined) throw new Error(`environment ${environment.name} has no node to run migrations`);
  return node;
}

/** A database of this side's server, opened by Kong's role; Kong's own where no name is given. */
export function kongDatabase(
  context: PlanContext,
  name = databaseOf(context.environment).name,
): { readonly name: string; readonly as: "kong"; readonly side?: "green" } {
  return { name, as: "kong", ...sideFlag(context) };
}

/** `schema_meta` as it was when the facts were read. */
export function schemaMetaAsBefore(context: PlanContext, database: string): Probe {
  return {
    kind: "schema_meta",
    database: kongDatabase(context, database),
    rows: context.facts.database?.schemaMeta ?? [],
  };
}

/** Looks whether the installation is as the facts say and fit to be upgraded. */
export function preflight(context: PlanContext): Step {
  const { nodes, database, timeouts } = context.environment;
  return {
    id: "preflight",
    phase: "prepare",
    title: `Check that all ${nodes.length} nodes serve ${context.from} and nothing is half done`,
    why: "The plan was made from facts that may have aged. Every node must run and serve the same version, no earlier upgrade may be unfinished, and nobody may hold the migration lock.",
    class: "safe",
    action: { kind: "check" },
    targets: nodeNames(context),
    precheck: [],
    proof: [
      ...allInstalled(context, context.from),
      ...allServing(context, context.from),
      migrations(context, ["up_to_date"], context.from),
      ...(database === undefined
        ? []
        : [schemaMetaAsBefore(context, database.name), { kind: "migration_lock_free" } as const]),
      ...smokeProbes(context),
    ],
    timeoutMs: timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed.",
    source: sources.inPlace(3),
  };
}

/** The smoke tests, or a person who tries by hand where none are configured. */
export function smoke(context: PlanContext, version: string, phase: Step["phase"]): Step {
  const probes = smokeProbes(context);
  const shared = {
    id: "smoke",
    phase,
    class: "safe",
    targets: nodeNames(context),
    precheck: [],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed by testing.",
    source: sources.smoke,
  } as const satisfies Partial<Step>;
  if (probes.length === 0) {
    return {
      ...shared,
      title: `Try the most important requests against ${version}`,
      why: "No smoke tests are configured for this environment, so a person has to do it: routes with regular expressions, each kind of authentication, the busiest paths.",
      action: {
        kind: "manual",
        instruction: `Send the requests that matter most through ${nodeNames(context).join(", ")} and compare the answers with those of before.`,
        button: "The requests work",
      },
      proof: [],
    };
  }
  return {
    ...shared,
    title: `Run ${context.environment.smokeTests.length} smoke tests through every node`,
    why: "A node that runs is not a node that routes: the tests send real requests through every proxy.",
    action: { kind: "check" },
    proof: [...allServing(context, version), ...probes],
  };
}

/** What of the proxies is watched, and how it is judged; nothing where the environment does not say where to read it. */
function watchedTraffic({ metrics, soak: { limits } }: Environment): Pick<SoakAction, "traffic"> {
  return metrics === undefined || limits === undefined ? {} : { traffic: { source: metrics.from, limits } };
}

/**
 * The same watching where only some of the traffic goes: how many requests come tells nothing about the new version then.
 */
export function ofPartOfTraffic(action: Step["action"]): Step["action"] {
  if (action.kind !== "soak" || action.traffic === undefined) return action;
  const { maxRequestRateDrop: _, ...limits } = action.traffic.limits;
  return { ...action, traffic: { ...action.traffic, limits } };
}

/** Watches error rate and smoke tests for the configured time. */
export function soak(context: PlanContext): Step {
  const { soak: settings, smokeTests, timeouts } = context.environment;
  return {
    id: "soak",
    phase: "verify",
    title: `Watch ${context.to} under real traffic`,
    why: "Some faults show only under traffic and time. The share of failed requests is compared with the baseline.",
    class: "safe",
    action: {
      kind: "soak",
      durationMs: settings.durationMs,
      sampleEveryMs: settings.sampleEveryMs,
      maxErrorRateIncrease: settings.maxErrorRateIncrease,
      smokeTests,
      ...(settings.metricsUrl === undefined ? {} : { metricsUrl: settings.metricsUrl }),
      ...watchedTraffic(context.environment),
    },
    targets: nodeNames(context),
    precheck: [],
    proof: [...allServing(context, context.to), ...smokeProbes(context)],
    timeoutMs: settings.durationMs + timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed by watching.",
    source: sources.inPlace(10),
  };
}

/** Everything at once, after the last migration. */
export function verify(context: PlanContext): Step {
  return {
    id: "verify",
    phase: "verify",
    title: `Check that the upgrade to ${context.to} is complete`,
    why: "Versions, migrations, number of entities and smoke tests are looked at together, after the last change.",
    class: "safe",
    action: { kind: "check" },
    targets: nodeNames(context),
    precheck: [],
    proof: [
      ...allInstalled(context, context.to),
      ...allServing(context, context.to),
      migrations(context, ["up_to_date"]),
      { kind: "migration_lock_free", ...sideFlag(context) },
      { kind: "counts_match_baseline", database: kongDatabase(context), except: tablesThatMigrationsChange },
      { kind: "configuration_unchanged", ...sideFlag(context) },
      ...smokeProbes(context),
    ],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed by looking.",
    source: sources.inPlace(10),
  };
}

export function nodeNames(context: PlanContext): readonly string[] {
  return context.environment.nodes.map((node) => node.name);
}
