import { lookup } from "node:dns/promises";
import { databaseOf } from "#src/plan/databases-of.ts";
import { allNodes } from "#src/plan/sides.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { readSessions } from "./sessions.ts";
import type { Session } from "./sessions.ts";
import { onSide } from "./side.ts";

/**
 * Somebody who is still connected as Kong's role is an old node that nobody stopped, or a statement that runs on. Where
 * other nodes may be connected, they are known by the addresses of their hosts; whoever comes from elsewhere may be a
 * forgotten node or only a connection pooler, which a person has to tell.
 */
export async function noKongSessions(
  { except, side }: Extract<Probe, { readonly kind: "no_kong_sessions" }>,
  context: ProbeContext,
): Promise<Answer> {
  const environment = onSide(context.environment, side);
  const { user, name } = databaseOf(environment);
  const sessions = (await readSessions({ ...context, environment })).filter((session) => session.user === user);
  if (except !== undefined) return judgeOthers(sessions, except, context);
  return sessions.length === 0
    ? good(`nobody is connected to ${name} as ${user}`)
    : bad(`${sessions.length} sessions of ${user} are connected to ${name}`, described(sessions));
}

async function judgeOthers(
  sessions: readonly Session[],
  except: readonly string[],
  { environment }: ProbeContext,
): Promise<Answer> {
  const nodes = allNodes(environment);
  const allowed = await addressesOf(nodes.filter(({ name }) => except.includes(name)));
  const known = await addressesOf(nodes);
  const others = sessions.filter(({ client = localSocket }) => !allowed.has(client));
  const ofOld = others.filter(({ client = localSocket }) => known.has(client));
  const only = `besides those from the hosts of ${except.join(", ")}`;
  if (ofOld.length > 0) return bad(`${ofOld.length} sessions are left ${only}`, described(ofOld));
  return others.length === 0
    ? good(`no session is left ${only}`)
    : unclear(`${others.length} sessions come from hosts that are not configured, ${only}`, described(others));
}

function described(sessions: readonly Session[]): readonly string[] {
  return sessions.map(({ description }) => description);
}

/** What PostgreSQL tells no address for. */
const localSocket = "127.0.0.1";

async function addressesOf(nodes: readonly KongNode[]): Promise<ReadonlySet<string>> {
  const urls = nodes.flatMap(({ proxy, admin }) => [proxy, admin]).filter((url) => url !== undefined);
  const hosts = new Set(urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/gu, "")));
  const found = await Promise.all([...hosts].map((host) => lookup(host, { all: true })));
  return new Set(found.flat().map(({ address }) => address));
}
