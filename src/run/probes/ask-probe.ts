import { setTimeout as delay } from "node:timers/promises";
import { errorMessage } from "#src/kernel/app-error.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { archiveReadable } from "./archive-readable.ts";
import { cliVersion } from "./cli-version.ts";
import { commandOutput } from "./command-output.ts";
import { configurationUnchanged } from "./configuration-unchanged.ts";
import { countsMatchBaseline } from "./counts-match-baseline.ts";
import { dataPlanesSynced } from "./data-planes-synced.ts";
import { databaseEmpty } from "./database-empty.ts";
import { databaseAbsent, databasePresent } from "./database-present.ts";
import { filesPresent } from "./files-present.ts";
import { groupServing } from "./group-serving.ts";
import { hookDone } from "./hook-done.ts";
import { hostAnswers } from "./host-answers.ts";
import { licenceValid } from "./licence-valid.ts";
import { migrationLockFree } from "./migration-lock-free.ts";
import { migrationsInCluster } from "./migrations-in-cluster.ts";
import { migrations } from "./migrations.ts";
import { noKongSessions } from "./no-kong-sessions.ts";
import { noOtherImage } from "./no-other-image.ts";
import { nodeReady } from "./node-ready.ts";
import { nodeServing } from "./node-serving.ts";
import { nodeStopped } from "./node-stopped.ts";
import { sameEntities } from "./same-entities.ts";
import { patienceMs } from "./patience.ts";
import { schemaMeta } from "./schema-meta.ts";
import { smoke } from "./smoke.ts";
import { workersReplaced } from "./workers-replaced.ts";
import { workloadRolledOut } from "./workload-rolled-out.ts";

/** On top of the limits that each call inside a probe keeps itself. */
const probeTimeoutMs = 120_000;
/** Most proofs become true in the first seconds; who may take minutes is not asked four times a second all the time. */
const askedCloselyMs = 10_000;
const pausesMs = { close: 250, wide: 2_000 } as const;
const maxDetails = 40;
const maxDetailLength = 500;
const maxSummaryLength = 400;

/** Asks one read-only question about the world, once. Never rejects: what cannot be asked is undetermined. */
export async function askProbe(probe: Probe, context: ProbeContext): Promise<ProbeResult> {
  const { redactor } = context;
  const answer = await withTimeout(look(probe, context));
  const clean = (text: string, length: number): string => shorten(redactor.redactText(text), length);
  const details = (answer.details ?? []).map((line) => clean(line, maxDetailLength));
  return {
    kind: probe.kind,
    verdict: answer.verdict,
    summary: clean(answer.summary, maxSummaryLength),
    details:
      details.length <= maxDetails
        ? details
        : [...details.slice(0, maxDetails), `… and ${details.length - maxDetails} more`],
  };
}

/**
 * Asks after a step: some things become true only a moment after the command came back, so it asks again for a while.
 * Not at all, or not again, once `giveUp` is aborted.
 */
export async function askProof(probe: Probe, context: ProbeContext, giveUp?: AbortSignal): Promise<ProbeResult> {
  const isGivenUp = (): boolean => giveUp?.aborted === true;
  if (isGivenUp()) {
    return { kind: probe.kind, verdict: "undetermined", summary: "not asked: the step was cancelled", details: [] };
  }
  const startedAt = performance.now();
  const deadline = startedAt + patienceMs(probe);
  for (;;) {
    const result = await askProbe(probe, context);
    const pauseMs = performance.now() - startedAt < askedCloselyMs ? pausesMs.close : pausesMs.wide;
    if (result.verdict === "ok" || performance.now() + pauseMs > deadline || isGivenUp()) return result;
    // Being woken is no failure: it asks for the last time then.
    await delay(pauseMs, undefined, giveUp === undefined ? {} : { signal: giveUp }).catch(() => undefined);
  }
}

function look(probe: Probe, context: ProbeContext): Promise<Answer> {
  switch (probe.kind) {
    case "cli_version":
      return cliVersion(probe, context);
    case "node_stopped":
      return nodeStopped(probe, context);
    case "node_serving":
      return nodeServing(probe, context);
    case "migrations":
      return migrations(probe, context);
    case "schema_meta":
      return schemaMeta(probe, context);
    case "migration_lock_free":
      return migrationLockFree(probe, context);
    case "archive_readable":
      return archiveReadable(probe, context);
    case "counts_match_baseline":
      return countsMatchBaseline(probe, context);
    case "configuration_unchanged":
      return configurationUnchanged(probe, context);
    case "smoke":
      return smoke(probe, context);
    case "files_present":
      return filesPresent(probe, context);
    case "database_absent":
      return databaseAbsent(probe, context);
    case "database_present":
      return databasePresent(probe, context);
    case "database_empty":
      return databaseEmpty(probe, context);
    case "no_kong_sessions":
      return noKongSessions(probe, context);
    case "host_answers":
      return hostAnswers(probe, context);
    case "node_ready":
      return nodeReady(probe, context);
    case "group_serving":
      return groupServing(probe, context);
    case "data_planes_synced":
      return dataPlanesSynced(probe, context);
    case "command_output":
      return commandOutput(probe, context);
    case "hook_done":
      return hookDone(probe, context);
    case "workload_rolled_out":
      return workloadRolledOut(probe, context);
    case "migrations_in_cluster":
      return migrationsInCluster(probe, context);
    case "no_other_image":
      return noOtherImage(probe, context);
    case "licence_valid":
      return licenceValid(probe, context);
    case "workers_replaced":
      return workersReplaced(probe, context);
    case "same_entities":
      return sameEntities(probe, context);
    default:
      return unreachable(probe);
  }
}

async function withTimeout(answer: Promise<Answer>): Promise<Answer> {
  const giveUp = new AbortController();
  const late = delay(probeTimeoutMs, unclear(`no answer within ${probeTimeoutMs} ms`), { signal: giveUp.signal });
  try {
    return await Promise.race([answer.catch((error: unknown) => unclear(errorMessage(error))), late]);
  } finally {
    giveUp.abort();
    // Aborting makes it reject, which nobody waits for any more.
    late.catch(() => undefined);
  }
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}
