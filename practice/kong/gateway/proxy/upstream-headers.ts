import type { OutgoingHttpHeaders } from "node:http";
import type { Exchange } from "./exchange.ts";
import type { ServiceRow } from "./gateway-tables.ts";
import type { KnownConsumer } from "./request-outcome.ts";

/** Headers that belong to one connection and are not passed on (RFC 9110, section 7.6.1). */
export const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The Host header that a service is asked with, unless the route preserves the client's. */
export function hostOf(service: ServiceRow): string {
  const port = service.port ?? 80;
  const isDefault = port === (service.protocol === "https" ? 443 : 80);
  return isDefault ? (service.host ?? "") : `${service.host ?? ""}:${port}`;
}

/** What the upstream is sent: the client's headers, where the request came from, and who the consumer is. */
export function upstreamHeaders(
  exchange: Exchange,
  consumer: KnownConsumer | undefined,
  host: string | undefined,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(exchange.request.headers)) if (!hopByHop.has(name)) headers[name] = value;
  const asked = exchange.request.headers.host ?? "";
  const before = exchange.request.headers["x-forwarded-for"];
  headers["host"] = host ?? asked;
  headers["x-real-ip"] = exchange.clientIp;
  headers["x-forwarded-for"] =
    before === undefined ? exchange.clientIp : `${[before].flat().join(", ")}, ${exchange.clientIp}`;
  headers["x-forwarded-proto"] = "http";
  headers["x-forwarded-host"] = asked.replace(/:\d+$/, "");
  headers["x-forwarded-port"] = String(exchange.request.socket.localPort ?? 80);
  headers["x-forwarded-path"] = exchange.request.url ?? "/";
  headers["connection"] = "keep-alive";
  if (exchange.request.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  if (consumer !== undefined) {
    headers["x-consumer-id"] = consumer.id;
    if (consumer.username !== null) headers["x-consumer-username"] = consumer.username;
    if (consumer.customId !== null) headers["x-consumer-custom-id"] = consumer.customId;
  }
  return headers;
}
