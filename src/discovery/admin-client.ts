import { epochMsOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { adminOf } from "#src/plan/kong-node.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { isAnswerTooLong } from "./http-json.ts";
import { limits } from "./limits.ts";
import type { DiscoveryPorts, HttpAccess, HttpAnswer, HttpCall } from "./ports.ts";

/** Asks the Admin API of nodes with the environment's token and certificates. */
export interface AdminClient {
  /** Any answer, whatever its status. @throws NoAnswer when none came */
  ask(node: KongNode, path: string, call?: AdminCall): Promise<HttpAnswer>;
  /** The JSON of a 200. @throws Error that says what came instead, and what to do */
  get(node: KongNode, path: string): Promise<unknown>;
}

/** What is not the same for every question; a GET within `limits.httpTimeoutMs` where nothing is said. */
export type AdminCall = Partial<Pick<HttpCall, "method" | "body" | "timeoutMs">>;

/** Kong Enterprise reads its RBAC token from this header (Kong Gateway docs, RBAC). */
const enterpriseTokenHeader = "Kong-Admin-Token";

/** Resolves the environment's access once, at the first request, so that one survey reads a secret one time. */
export function openAdmin(environment: Environment, ports: DiscoveryPorts): AdminClient {
  let access: Promise<HttpAccess | undefined> | undefined;
  const ask: AdminClient["ask"] = async (node, path, call = {}) => {
    access ??= readAccess(environment, ports);
    const known = await access;
    return ports.fetchJson({
      timeoutMs: limits.httpTimeoutMs,
      ...call,
      url: `${baseOf(node)}${path}`,
      ...(known === undefined ? {} : { access: known }),
    });
  };
  return { ask, get: (node, path) => getJson(ask, node, path) };
}

/**
 * The same Admin API for one look of bounded length: one that stopped answering, or answers for ever, is not asked any
 * more, so that a look ends even where every list of every workspace would take its whole timeout.
 */
export function boundedAdmin(admin: AdminClient, now: () => Instant): AdminClient {
  const startMs = epochMsOf(now());
  const unanswered = new Map<string, number>();
  const ask: AdminClient["ask"] = async (node, path, call) => {
    const before = unanswered.get(node.name) ?? 0;
    if (before >= limits.unansweredCalls) throw new Error(`not asked: ${before} calls before got no answer`);
    if (epochMsOf(now()) - startMs > limits.adminLookMs)
      throw new Error(`not asked: the look took longer than ${limits.adminLookMs / 60_000} minutes already`);
    try {
      const answer = await admin.ask(node, path, call);
      unanswered.set(node.name, 0);
      return answer;
    } catch (error) {
      if (!isAnswerTooLong(error)) unanswered.set(node.name, (unanswered.get(node.name) ?? 0) + 1);
      throw error;
    }
  };
  return { ask, get: (node, path) => getJson(ask, node, path) };
}

async function getJson(ask: AdminClient["ask"], node: KongNode, path: string): Promise<unknown> {
  const answer = await ask(node, path);
  if (answer.status === 200 && answer.body !== undefined) return answer.body;
  throw new Error(`GET ${baseOf(node)}${path} answered ${describeAnswer(answer)}`);
}

/** What came instead of an answer, with what the status usually means on Kong's Admin API. */
export function describeAnswer({ status, body }: HttpAnswer): string {
  if (status === 200 && body === undefined) return "something that is not JSON (a proxy in between, or cut off)";
  const hint =
    status === 401 || status === 403
      ? " (the Admin API wants a token or refuses this address: check admin_api.token, at a terminal --token-env)"
      : status === 500
        ? " (Kong answers so while its database is away)"
        : status >= 300 && status < 400
          ? " (redirects are not followed: configure the final address)"
          : "";
  return `HTTP ${status}${hint}`;
}

function baseOf(node: KongNode): string {
  return adminOf(node).replace(/\/+$/u, "");
}

async function readAccess({ adminApi }: Environment, ports: DiscoveryPorts): Promise<HttpAccess | undefined> {
  if (adminApi === undefined) return undefined;
  const { token, tokenHeader, ca, certificate, key } = adminApi;
  const read = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : ports.readText(path, limits.httpTimeoutMs);
  const [tokenText, caText, certificateText, keyText] = await Promise.all([
    token === undefined ? undefined : ports.resolveSecret(token),
    read(ca),
    read(certificate),
    read(key),
  ]);
  return {
    headers: tokenText === undefined ? {} : { [tokenHeader ?? enterpriseTokenHeader]: tokenText.trim() },
    tls: {
      ...(caText === undefined ? {} : { ca: caText }),
      ...(certificateText === undefined ? {} : { certificate: certificateText }),
      ...(keyText === undefined ? {} : { key: keyText }),
    },
  };
}
