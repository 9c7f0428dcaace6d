import type { RequestListener } from "node:http";
import { pipeline } from "node:stream";
import type { NodeContext } from "#practice/kong/gateway/node-context.ts";
import { Exchange } from "./exchange.ts";
import type { Forwarder } from "./forward.ts";
import type { ServiceRow } from "./gateway-tables.ts";
import type { PluginRequest } from "./plugin-runner.ts";
import { pluginRunner } from "./plugin-runner.ts";
import type { Answer } from "./request-outcome.ts";
import type { RouteTable } from "./route-table.ts";
import type { RouteMatch } from "./router.ts";
import { PeerChoice } from "./upstream-choice.ts";
import { hopByHop, hostOf, upstreamHeaders } from "./upstream-headers.ts";
import { upstreamPath } from "./upstream-path.ts";

/** What the proxy works with besides the node. */
export interface ProxyParts {
  readonly table: RouteTable;
  readonly forwarder: Forwarder;
}

/** The proxy of one worker as a request listener. */
export function proxyListener(node: NodeContext, parts: ProxyParts): RequestListener {
  const proxy = new Proxy(node, parts);
  const showsRequestId = JSON.stringify(node.profile.configuration["enabled_headers"]).includes("X-Kong-Request-Id");
  return (request, response) => {
    const exchange = new Exchange(request, response);
    if (showsRequestId) response.setHeader("X-Kong-Request-Id", exchange.id);
    void proxy.handle(exchange);
  };
}

class Proxy {
  readonly #node: NodeContext;
  readonly #parts: ProxyParts;
  readonly #runPlugins: ReturnType<typeof pluginRunner>;
  readonly #choice = new PeerChoice();
  readonly #server: string;

  constructor(node: NodeContext, parts: ProxyParts) {
    this.#node = node;
    this.#parts = parts;
    this.#runPlugins = pluginRunner(node.profile);
    this.#server = `kong/${node.profile.version}`;
  }

  async handle(exchange: Exchange): Promise<void> {
    try {
      await this.#route(exchange);
    } catch (error) {
      this.#node.errorLog.error("error", `[lua] proxy: ${error instanceof Error ? error.message : String(error)}`);
      if (exchange.response.headersSent) exchange.response.destroy();
      else this.#respond(exchange, { status: 500, message: "An unexpected error occurred" });
    }
  }

  async #route(exchange: Exchange): Promise<void> {
    const { tables, router } = this.#parts.table.current;
    const match = router.find({
      method: exchange.request.method ?? "GET",
      host: exchange.request.headers.host ?? "",
      path: exchange.path,
      headers: exchange.request.headers,
    });
    if (match === undefined)
      return this.#respond(exchange, { status: 404, message: "no Route matched with those values" });
    const { route } = match;
    if (route.protocols !== null && !route.protocols.includes("http")) {
      const upgrade = { Connection: "Upgrade", Upgrade: "TLS/1.2, HTTP/1.1" };
      return this.#respond(exchange, {
        status: route.https_redirect_status_code ?? 426,
        message: "Please use HTTPS protocol",
        headers: upgrade,
      });
    }
    const passing: PluginRequest = {
      route,
      clientIp: exchange.clientIp,
      query: exchange.query,
      headers: exchange.request.headers,
      tables,
      consumer: undefined,
      responseHeaders: {},
    };
    const refusal = this.#runPlugins(passing);
    for (const [name, value] of Object.entries(passing.responseHeaders)) exchange.response.setHeader(name, value);
    if (refusal !== undefined) return this.#respond(exchange, refusal);
    const service = tables.services.find((one) => one.id === route.service_id);
    if (service === undefined || service.enabled === false) {
      return this.#respond(exchange, { status: 503, message: "no Service found with those values" });
    }
    return this.#forward(exchange, match, service, passing);
  }

  async #forward(exchange: Exchange, match: RouteMatch, service: ServiceRow, passing: PluginRequest): Promise<void> {
    const path = upstreamPath({
      handling: match.route.path_handling ?? "v0",
      strip: match.route.strip_path ?? true,
      servicePath: service.path ?? "/",
      requestPath: exchange.path,
      rest: match.rest,
    });
    const peers = this.#choice.peers(service, this.#parts.table.current.tables);
    const keepsHost = match.route.preserve_host === true;
    const sentAt = performance.now();
    const result = await this.#parts.forwarder.send(exchange.request, {
      peers,
      protocol: service.protocol ?? "http",
      path: path + exchange.search,
      headers: upstreamHeaders(exchange, passing.consumer, keepsHost ? undefined : hostOf(service)),
      connectTimeoutMs: service.connect_timeout ?? 60_000,
      readTimeoutMs: service.read_timeout ?? 60_000,
      retries: service.retries ?? 5,
      verifiesTls: service.tls_verify === true,
    });
    if (result.kind === "failed") {
      this.#node.errorLog.error("error", `upstream of service ${service.name ?? service.id}: ${result.reason}`);
      return this.#respond(exchange, result.answer);
    }
    const { response } = exchange;
    for (const [name, value] of Object.entries(result.response.headers)) {
      if (value !== undefined && !hopByHop.has(name)) response.setHeader(name, value);
    }
    response.setHeader("X-Kong-Upstream-Latency", String(Math.round(performance.now() - sentAt)));
    response.setHeader("X-Kong-Proxy-Latency", String(Math.round(sentAt - exchange.startedAt)));
    response.setHeader("Via", this.#server);
    response.writeHead(result.response.statusCode ?? 502);
    pipeline(result.response, response, () => undefined);
  }

  #respond(exchange: Exchange, answer: Answer): void {
    const { response } = exchange;
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    const document =
      this.#node.profile.error_body === "plain"
        ? { message: answer.message }
        : { message: answer.message, request_id: exchange.id };
    const body = answer.raw?.body ?? JSON.stringify(document);
    response.setHeader("Content-Type", answer.raw?.contentType ?? "application/json; charset=utf-8");
    response.setHeader("Content-Length", Buffer.byteLength(body));
    response.setHeader("X-Kong-Response-Latency", String(Math.round(performance.now() - exchange.startedAt)));
    response.setHeader("Server", this.#server);
    response.writeHead(answer.status);
    response.end(body);
    exchange.request.resume();
  }
}
