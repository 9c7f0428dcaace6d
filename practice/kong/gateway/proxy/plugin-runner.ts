import { BlockList, isIPv6 } from "node:net";
import { z } from "zod";
import type { Profile } from "#practice/kong/gateway/profile.ts";
import type { GatewayTables, PluginRow, RouteRow } from "./gateway-tables.ts";
import { RateLimiter } from "./rate-limit.ts";
import type { Answer, KnownConsumer } from "./request-outcome.ts";

/** What plugins may look at and change while a request passes. */
export interface PluginRequest {
  readonly route: RouteRow;
  readonly clientIp: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly tables: GatewayTables;
  consumer: KnownConsumer | undefined;
  readonly responseHeaders: Record<string, string>;
}

type Plugin = (request: PluginRequest, config: unknown, instance: PluginRow) => Answer | undefined;

const texts = z.array(z.string()).nullish();
const keyAuthConfig = z.object({
  key_names: z.array(z.string()).default(["apikey"]),
  key_in_header: z.boolean().nullish(),
  key_in_query: z.boolean().nullish(),
  anonymous: z.string().nullish(),
});
const listsConfig = z.object({ allow: texts, deny: texts });
const limit = z
  .number()
  .nullish()
  .transform((value) => value ?? null);
const rateConfig = z.object({
  second: limit,
  minute: limit,
  hour: limit,
  day: limit,
  limit_by: z.string().nullish(),
  hide_client_headers: z.boolean().nullish(),
});
const terminationConfig = z.object({
  status_code: z.number().nullish(),
  message: z.string().nullish(),
  body: z.string().nullish(),
  content_type: z.string().nullish(),
});

/** Priorities of 2.8 (`GET /` does not tell them there); from 3.0 the profile has them. */
const priorities28: Readonly<Record<string, number>> = {
  "ip-restriction": 3_000,
  "key-auth": 1_003,
  acl: 950,
  "rate-limiting": 901,
  "request-termination": 2,
};

/** Runs the plugins that practice needs, in the order of the version; all others are configured and listed but do nothing. */
export function pluginRunner(profile: Profile): (request: PluginRequest) => Answer | undefined {
  const limiter = new RateLimiter();
  const plugins: Readonly<Record<string, Plugin>> = {
    "ip-restriction": ipRestriction,
    "key-auth": keyAuth,
    acl,
    "request-termination": requestTermination,
    "rate-limiting": (request, config, instance) => {
      const parsed = rateConfig.parse(config);
      const who = parsed.limit_by === "ip" || request.consumer === undefined ? request.clientIp : request.consumer.id;
      const taken = limiter.take(`${instance.id}:${who}`, parsed, Date.now() / 1_000);
      if (parsed.hide_client_headers !== true) Object.assign(request.responseHeaders, taken.headers);
      return taken.exceeded;
    },
  };
  const order = Object.keys(plugins).sort((a, b) => priority(profile, b) - priority(profile, a));
  return (request) => {
    for (const name of order) {
      const instance = mostSpecific(request, name);
      const answer = instance && plugins[name]?.(request, instance.config, instance);
      if (answer !== undefined) return answer;
    }
    return undefined;
  };
}

function priority(profile: Profile, name: string): number {
  const known = profile.available_plugins[name];
  return typeof known === "object" ? known.priority : (priorities28[name] ?? 0);
}

/** Of several instances of a plugin only the most specific runs: consumer counts before route, route before service. */
function mostSpecific({ route, consumer, tables }: PluginRequest, name: string): PluginRow | undefined {
  let best: { instance: PluginRow; weight: number } | undefined;
  for (const instance of tables.plugins) {
    const fits =
      instance.name === name &&
      [null, route.id].includes(instance.route_id) &&
      [null, route.service_id].includes(instance.service_id) &&
      (instance.consumer_id === null || instance.consumer_id === consumer?.id);
    if (!fits) continue;
    const weight =
      Number(instance.consumer_id !== null) * 4 +
      Number(instance.route_id !== null) * 2 +
      Number(instance.service_id !== null);
    if (best === undefined || weight > best.weight) best = { instance, weight };
  }
  return best?.instance;
}

function ipRestriction({ clientIp }: PluginRequest, config: unknown): Answer | undefined {
  const { allow, deny } = listsConfig.parse(config);
  const isDenied = deny != null && isListed(deny, clientIp);
  const isMissing = allow != null && allow.length > 0 && !isListed(allow, clientIp);
  return isDenied || isMissing ? { status: 403, message: "Your IP address is not allowed" } : undefined;
}

function isListed(list: readonly string[], ip: string): boolean {
  const family = isIPv6(ip) ? "ipv6" : "ipv4";
  const block = new BlockList();
  for (const entry of list) {
    const [address = "", bits] = entry.split("/");
    const kind = isIPv6(address) ? "ipv6" : "ipv4";
    if (bits === undefined) block.addAddress(address, kind);
    else block.addSubnet(address, Number(bits), kind);
  }
  return block.check(ip, family);
}

function keyAuth(request: PluginRequest, config: unknown): Answer | undefined {
  const { key_names: names, key_in_header: inHeader, key_in_query: inQuery, anonymous } = keyAuthConfig.parse(config);
  const key = names
    .flatMap((name) => [
      inHeader === false ? undefined : [request.headers[name.toLowerCase()] ?? []].flat()[0],
      inQuery === false ? undefined : (request.query.get(name) ?? undefined),
    ])
    .find((found) => found !== undefined);
  const credential = request.tables.keys.find((one) => one.key === key);
  const consumerId = key !== undefined && credential !== undefined ? credential.consumer_id : anonymous;
  const consumer = request.tables.consumers.find((one) => one.id === consumerId);
  if (consumer === undefined) {
    const message = key === undefined ? "No API key found in request" : "Invalid authentication credentials";
    return { status: 401, message, headers: { "WWW-Authenticate": 'Key realm="kong"' } };
  }
  request.consumer = { id: consumer.id, username: consumer.username, customId: consumer.custom_id };
  return undefined;
}

function acl({ consumer, tables }: PluginRequest, config: unknown): Answer | undefined {
  const { allow, deny } = listsConfig.parse(config);
  if (consumer === undefined) return { status: 401, message: "Unauthorized" };
  const groups = tables.groups.filter((one) => one.consumer_id === consumer.id).map((one) => one.group ?? "");
  const isDenied = deny != null && groups.some((group) => deny.includes(group));
  const isMissing = allow != null && !groups.some((group) => allow.includes(group));
  return isDenied || isMissing ? { status: 403, message: "You cannot consume this service" } : undefined;
}

function requestTermination(_request: PluginRequest, config: unknown): Answer {
  const { status_code: status, message, body, content_type: contentType } = terminationConfig.parse(config);
  if (typeof body === "string") {
    return {
      status: status ?? 503,
      message: "",
      raw: { body, contentType: contentType ?? "application/json; charset=utf-8" },
    };
  }
  return { status: status ?? 503, message: message ?? "Service unavailable" };
}
