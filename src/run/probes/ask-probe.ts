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
import { configurationUnchanged } from "./configuration-unchanged.ts";
import { countsMatchBaseline } from "./counts-match-baseline.ts";
import { databaseAbsent, databasePresent } from "./database-present.ts";
import { filesPresent } from "./files-present.ts";
import { hostAnswers } from "./host-answers.ts";
import { migrationLockFree } from "./migration-lock-free.ts";
import { migrations } from "./migrations.ts";
import { noKongSessions } from "./no-kong-sessions.ts";
import { nodeServing } from "./node-serving.ts";
import { nodeStopped } from "./node-stopped.ts";
import { schemaMeta } from "./schema-meta.ts";
import { smoke } from "./smoke.ts";

/** On top of the limits that each call inside a probe keeps itself. */
const probeTimeoutMs = 120_000;
const retryEveryMs = 250;
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

/** Asks after a step: some things become true only a moment after the command came back, so it asks again for a while. */
export async function askProof(probe: Probe, context: ProbeContext): Promise<ProbeResult> {
  const deadline = Date.now() + patienceMs(probe);
  for (;;) {
    const result = await askProbe(probe, context);
    if (result.verdict === "ok" || Date.now() + retryEveryMs > deadline) return result;
    await delay(retryEveryMs);
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
      return migrationLockFree(context);
    case "archive_readable":
      return archiveReadable(probe, context);
    case "counts_match_baseline":
      return countsMatchBaseline(probe, context);
    case "configuration_unchanged":
      return configurationUnchanged(context);
    case "smoke":
      return smoke(probe, context);
    case "files_present":
      return filesPresent(probe);
    case "database_absent":
      return databaseAbsent(probe, context);
    case "database_present":
      return databasePresent(probe, context);
    case "no_kong_sessions":
      return noKongSessions(probe, context);
    case "host_answers":
      return hostAnswers(probe, context);
    case "node_ready":
    case "data_planes_synced":
    case "command_output":
    case "workload_rolled_out":
    case "migrations_in_cluster":
    case "no_other_image":
    case "licence_valid":
    case "same_entities":
      return Promise.resolve(unclear(`${probe.kind} is not looked at yet`));
    default:
      return unreachable(probe);
  }
}

/** How long a proof may take to become true. */
function patienceMs({ kind }: Probe): number {
  switch (kind) {
    case "node_serving":
    case "node_ready":
    case "workload_rolled_out":
    case "host_answers":
      return 30_000;
    // A data plane reports to its control plane every 30 s (Kong 3.9.3, kong/clustering/data_plane.lua, ping interval).
    case "data_planes_synced":
      return 90_000;
    case "smoke":
    case "node_stopped":
    case "no_kong_sessions":
      return 10_000;
    case "cli_version":
    case "migrations":
    case "schema_meta":
    case "migration_lock_free":
    case "archive_readable":
    case "counts_match_baseline":
    case "configuration_unchanged":
    case "files_present":
    case "database_absent":
    case "database_present":
    case "command_output":
    case "migrations_in_cluster":
    case "no_other_image":
    case "licence_valid":
    case "same_entities":
      return 0;
    default:
      return unreachable(kind);
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
