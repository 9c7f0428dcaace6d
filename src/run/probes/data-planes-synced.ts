import { openAdmin } from "#src/discovery/admin-client.ts";
import { readDataPlanes } from "#src/discovery/data-planes.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { epochMsOf } from "#src/kernel/instant.ts";
import type { DataPlane } from "#src/kong/inventory.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { isEmptyHash } from "./empty-hash.ts";
import { nodeOf } from "./node-of.ts";
import { isSameVersion } from "./same-version.ts";

type Question = Extract<Probe, { readonly kind: "data_planes_synced" }>;

/** Who has been silent for longer is gone; rows stay listed for 14 days (cluster_data_plane_purge_delay). */
const goneAfterMs = 5 * 60_000;

/**
 * A data plane pings every 30 s, and its control plane hangs up after 45 s without (CLUSTERING_PING_INTERVAL and
 * PING_WAIT, Kong 2.8.5 to 3.9.3); the rest is for clocks that differ.
 */
const silentAfterMs = 75_000;
/** One and a half pings. */
const successorAfterMs = 45_000;

/** Asks the control plane, which knows the version, the last ping and the configuration of each of its data planes. */
export async function dataPlanesSynced(question: Question, { environment, ports }: ProbeContext): Promise<Answer> {
  const { controlPlane, hostnames, version, expect } = question;
  const listed = await readDataPlanes(nodeOf(environment, controlPlane), openAdmin(environment, ports));
  const now = epochMsOf(ports.now());
  const living = withoutPredecessors(listed.filter((one) => silenceOf(one, now) <= goneAfterMs));
  const wanted = living.filter(({ hostname }) => hostnames.length === 0 || hostnames.includes(hostname));
  const missing = hostnames.filter((name) => !wanted.some(({ hostname }) => hostname === name));
  const problems = [
    ...missing.map((name) => `${name}: not seen in the last ${formatDuration(goneAfterMs)}`),
    ...wanted.flatMap((one) => problemsOf(one, question, now)),
    ...(expect === "synced" ? differentHashes(wanted) : []),
  ];
  if (wanted.length === 0 && problems.length === 0) return bad(`${controlPlane} lists no living data plane`);
  const details = wanted.map((one) => describe(one, now));
  return problems.length === 0
    ? good(`${wanted.length} data planes of ${controlPlane} are ${expect} with ${version}`, details)
    : bad(`data planes of ${controlPlane} are not all ${expect} with ${version}: ${problems[0] ?? ""}`, [
        ...problems,
        ...details,
      ]);
}

/**
 * A restarted data plane can get a new row while the old one still looks alive. Of one hostname, whoever is silent for
 * longer than a ping may take while another one was heard of later is the one before.
 */
function withoutPredecessors(dataPlanes: readonly DataPlane[]): readonly DataPlane[] {
  const newest = new Map<string, number>();
  for (const { hostname, lastSeen } of dataPlanes) {
    if (lastSeen !== undefined) newest.set(hostname, Math.max(newest.get(hostname) ?? 0, epochMsOf(lastSeen)));
  }
  return dataPlanes.filter(({ hostname, lastSeen }) => {
    const last = newest.get(hostname);
    return lastSeen === undefined || last === undefined || last - epochMsOf(lastSeen) <= successorAfterMs;
  });
}

function problemsOf(dataPlane: DataPlane, { version, expect }: Question, now: number): readonly string[] {
  const { hostname, syncStatus, configHash } = dataPlane;
  const silentMs = silenceOf(dataPlane, now);
  return [
    ...(silentMs > silentAfterMs ? [`${hostname}: silent for ${formatDuration(silentMs)}`] : []),
    ...(isSameVersion(dataPlane.version, version) ? [] : [`${hostname}: runs ${dataPlane.version}`]),
    ...(expect === "connected" || syncStatus === "normal" ? [] : [`${hostname}: sync status ${syncStatus}`]),
    ...(expect === "connected" || (configHash !== undefined && !isEmptyHash(configHash))
      ? []
      : [`${hostname}: no configuration loaded`]),
  ];
}

function differentHashes(dataPlanes: readonly DataPlane[]): readonly string[] {
  const hashes = new Map<string, string[]>();
  for (const { hostname, configHash } of dataPlanes) {
    if (configHash !== undefined && !isEmptyHash(configHash))
      hashes.set(configHash, [...(hashes.get(configHash) ?? []), hostname]);
  }
  if (hashes.size < 2) return [];
  const groups = [...hashes].map(([hash, names]) => `${hash.slice(0, 8)} on ${names.join(", ")}`);
  return [`they have different configurations: ${groups.join("; ")}`];
}

/** 0 where the control plane does not tell when it was seen. */
function silenceOf({ lastSeen }: DataPlane, now: number): number {
  return lastSeen === undefined ? 0 : Math.max(0, now - epochMsOf(lastSeen));
}

function describe(dataPlane: DataPlane, now: number): string {
  const { hostname, version, syncStatus, configHash = "unknown", lastSeen } = dataPlane;
  const seen = lastSeen === undefined ? "" : `, seen ${formatDuration(silenceOf(dataPlane, now))} ago`;
  return `${hostname}: ${version}, ${syncStatus}, configuration ${configHash}${seen}`;
}
