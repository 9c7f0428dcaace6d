import { readCliVersion } from "#src/discovery/kong-cli.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { canonicalJson } from "#src/kernel/digest.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { lookElsewhere } from "#src/run/look-elsewhere.ts";
import { minimalEnv } from "#src/run/process/minimal-env.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import type { Transports } from "#src/run/transports/transports.ts";
import type { Examination } from "./examine.ts";
import { failed, notChecked, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** The name of a step that nobody runs: only whether an answer comes is of interest. */
const nobodysStep = "doctor";
/** Logging in, the clock, and `kong version` of every node that lies there, which take their own time each. */
const timeoutMs = 60_000;
const clockTimeoutMs = 10_000;
/** Of one place: each is a `kong` that starts there, beside whatever serves traffic. */
const programsAtOnce = 4;
/** As between runner and database: less is of no consequence. */
const maxDifferenceMs = 30_000;

const fixes = {
  ssh: "log in once by hand as the runner's account: host key in known_hosts, key or agent, user, port and jump hosts of the node's transport",
  docker: "see that the container runs and that the runner's account reaches the daemon",
  job: "see that context, namespace and workload of the node's transport are right",
  kubectl: "see that context, namespace and workload of the node's transport are right and that pods run",
} as const;

export interface HostParts extends Pick<DiscoveryPorts, "resolveSecret"> {
  /** Epoch milliseconds by the clock of this host. */
  readonly now: () => number;
}

/**
 * Whether the runner reaches the places of these nodes, each place once: then its clock is compared
 * and each node there is asked for its version of Kong. Nothing else is started there.
 */
export function hostExaminations(
  environment: Environment,
  nodes: readonly KongNode[],
  parts: HostParts,
): readonly Examination[] {
  const places = new Map<string, Place>();
  for (const node of nodes) {
    if (node.transport === undefined) continue;
    const key = canonicalJson(node.transport);
    const known = places.get(key);
    places.set(key, { via: node.transport, nodes: [...(known?.nodes ?? []), node] });
  }
  return [...places.values()].map((place) => ({
    area: "hosts",
    subject: describeTransport(place.via),
    fix: fixes[place.via.kind],
    timeoutMs,
    look: () => checkPlace(environment, place, parts),
  }));
}

interface Place {
  readonly via: Transport;
  readonly nodes: readonly KongNode[];
}

async function checkPlace(
  environment: Environment,
  { via, nodes }: Place,
  parts: HostParts,
): Promise<readonly Finding[]> {
  await using transports = openTransports(minimalEnv());
  const reached = await checkReach(via, transports);
  if (reached.verdict !== "ok")
    return [
      reached,
      ...nodes.map((node) =>
        notChecked(programOf(node), `${describeTransport(via)} is not reached`, "put that right first (see hosts)"),
      ),
    ];
  const ports = livePorts({ ...parts, baseEnv: minimalEnv(), elsewhere: lookElsewhere(transports) });
  const findings = [reached, await checkClock(via, ports, parts.now)];
  for (let first = 0; first < nodes.length; first += programsAtOnce) {
    const some = nodes.slice(first, first + programsAtOnce);
    findings.push(...(await Promise.all(some.map((node) => checkProgram(environment, node, ports)))));
  }
  return findings;
}

async function checkReach(via: Transport, transports: Transports): Promise<Finding> {
  const about = { area: "hosts", subject: describeTransport(via) } as const;
  const pinned = await transports.pin(via);
  if (!pinned.ok) return failed(about, pinned.problem, fixes[via.kind]);
  const state = await transports.look(pinned.value, nobodysStep);
  return state.kind === "unreachable"
    ? failed(about, state.problem, fixes[via.kind])
    : ok(about, "a shell answers there");
}

/** `date +%s` tells whole seconds (POSIX), and nobody knows when on the way it was asked. */
async function checkClock(via: Transport, ports: DiscoveryPorts, now: () => number): Promise<Finding> {
  const about = { area: "clock", subject: `this host and ${describeTransport(via)}` } as const;
  const fix = "keep the clocks right with NTP (chrony, systemd-timesyncd) on every machine";
  try {
    const asked = now();
    const answer = await ports.runCommand({ argv: ["date", "+%s"], env: {}, timeoutMs: clockTimeoutMs, via });
    const answered = now();
    const seconds = /^\d+$/u.exec(answer.stdout.trim())?.[0];
    if (seconds === undefined)
      return warning(about, "`date +%s` tells no time there", "see what `date +%s` prints by this transport");
    const theirs = Number(seconds) * 1_000;
    const behindMs = Math.max(0, asked - (theirs + 1_000));
    const aheadMs = Math.max(0, theirs - answered);
    const apartMs = Math.round(Math.max(behindMs, aheadMs) / 1_000) * 1_000;
    if (apartMs <= maxDifferenceMs) return ok(about, `not more than ${formatDuration(maxDifferenceMs)} apart`);
    const seen = `its clock is ${formatDuration(apartMs)} ${aheadMs > 0 ? "ahead" : "behind"}: its logs, and what Kong there signs or lets expire, are off by as much`;
    return warning(about, seen, fix);
  } catch (error) {
    return warning(about, `could not be compared: ${errorMessage(error)}`, "see that `date` can be run there");
  }
}

async function checkProgram(environment: Environment, node: KongNode, ports: DiscoveryPorts): Promise<Finding> {
  try {
    return ok(programOf(node), await readCliVersion(environment, node, ports));
  } catch (error) {
    return failed(
      programOf(node),
      errorMessage(error),
      "install Kong there, or correct the node's `kong:` and the account of its transport",
    );
  }
}

function programOf(node: KongNode): { readonly area: "kong"; readonly subject: string } {
  return { area: "kong", subject: `${node.name}: ${node.kong}` };
}
