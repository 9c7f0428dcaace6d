import { createServer } from "node:http";
import { type HttpBindings, getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { takeUpload } from "./api/files.ts";
import { webApi } from "./api/router.ts";
import { Changes } from "./changes.ts";
import type { Context } from "./context.ts";
import type { Delivery } from "./delivery/delivery.ts";
import { HttpDelivery } from "./delivery/http.ts";
import { respond } from "./delivery/respond.ts";
import { ResponseUrls } from "./delivery/response-urls.ts";
import { SocketModeDelivery } from "./delivery/socket-mode.ts";
import { Triggers } from "./delivery/triggers.ts";
import { Faults, type RateLimitMode } from "./faults.ts";
import { guard } from "./guard.ts";
import { parseJson } from "./json.ts";
import { readManifest } from "./manifest.ts";
import { pageFiles } from "./page-files.ts";
import { humanApi } from "./people/routes.ts";
import { SentPayloads } from "./people/sent-payloads.ts";
import { Traffic } from "./traffic.ts";
import { FileBytes } from "./world/file-bytes.ts";
import { Store } from "./world/store.ts";
import { World } from "./world/world.ts";

const ACK_TIMEOUT_MS = 3_000;
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** How a workspace is started. `port` 0 takes a free one; without `dataDir` nothing is kept. */
export type WorkspaceOptions = {
  readonly port: number;
  readonly dataDir?: string | undefined;
  /** Port of a proxy in front of this one, where the app is told to find everything; `port` by default. */
  readonly announcedPort?: number | undefined;
  readonly manifestPath: string;
  readonly appDelivery:
    | { readonly kind: "socket" }
    | { readonly kind: "http"; readonly url: string; readonly signingSecret: string };
  /** The workspace's clock in milliseconds; the system's by default. */
  readonly now?: (() => number) | undefined;
  /** How long the app has to acknowledge; Slack's 3 s by default. */
  readonly ackTimeoutMs?: number | undefined;
  readonly rateLimits?: RateLimitMode | undefined;
  /** Hears of failures that no caller waits for, such as a state file that cannot be written. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
};

/** A running workspace. `slackApiUrl` is what the app takes as its Slack API address. */
export type Workspace = {
  readonly address: string;
  readonly slackApiUrl: string;
  /** Open Socket Mode connections. */
  connections(): number;
  /** Grows whenever something changes that a person could see: nobody needs to look again before. */
  changes(): number;
  /** Closes everything within a second and writes the state to disk. */
  stop(): Promise<void>;
};

/** Starts a practice Slack workspace on loopback; rejects when the port is taken or the manifest is unusable. */
export async function startWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const onFailure =
    options.onFailure ?? ((error) => process.emitWarning(error instanceof Error ? error : String(error)));
  const manifest = await readManifest(options.manifestPath);
  const store = new Store(options.dataDir, onFailure);
  const world = new World(await store.load());
  let port = options.port;
  const address = (): string => `http://127.0.0.1:${options.announcedPort ?? port}`;
  const { ctx, socketMode } = assemble(options, { world, manifest, address });
  ctx.faults.rateLimits = options.rateLimits ?? "real";
  let changes = 0;
  ctx.changes.listen((change) => {
    if (change.what === "traffic") return;
    changes += 1;
    store.touch(() => world.snapshot());
  });
  const answer = getRequestListener(routes(ctx, () => port, onFailure).fetch);
  const server = createServer((request, response) => void answer(request, response));
  server.on("upgrade", (request, socket, head) => {
    // A client that resets during the handshake must not take the workspace down.
    socket.on("error", () => socket.destroy());
    if (socketMode !== undefined && request.url?.startsWith("/link/")) socketMode.upgrade(request, socket, head);
    else socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
  });
  port = await listen(server, options.port);
  return {
    address: `http://127.0.0.1:${port}`,
    slackApiUrl: `${address()}/api/`,
    connections: () => ctx.delivery.connections(),
    changes: () => changes,
    stop: async () => {
      await ctx.delivery.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await store.flush(() => world.snapshot());
    },
  };
}

type Known = Pick<Context, "world" | "manifest" | "address">;

function assemble(
  options: WorkspaceOptions,
  known: Known,
): { ctx: Context; socketMode: SocketModeDelivery | undefined } {
  const now = options.now ?? Date.now;
  const ackTimeoutMs = options.ackTimeoutMs ?? ACK_TIMEOUT_MS;
  const changes = new Changes();
  const traffic = new Traffic(now, () => changes.announce({ what: "traffic" }));
  const faults = new Faults();
  const parts = { now, ackTimeoutMs, faults, traffic, address: known.address };
  const onConnectionsChanged = (): void => changes.announce({ what: "state" });
  const { appDelivery } = options;
  const socketMode =
    appDelivery.kind === "socket" ? new SocketModeDelivery({ ...parts, onConnectionsChanged }) : undefined;
  const http = appDelivery.kind === "http" ? new HttpDelivery({ ...parts, ...appDelivery }) : undefined;
  const delivery: Delivery | undefined = socketMode ?? http;
  if (delivery === undefined) throw new Error("the workspace needs a way to deliver to the app");
  const ctx: Context = {
    ...known,
    now,
    ackTimeoutMs,
    bytes: new FileBytes(options.dataDir),
    faults,
    traffic,
    changes,
    triggers: new Triggers(now),
    responseUrls: new ResponseUrls(now),
    delivery,
    sent: new SentPayloads(),
  };
  return { ctx, socketMode };
}

function routes(
  ctx: Context,
  port: () => number,
  onFailure: (error: unknown) => void,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES }));
  app.onError((error, c) => {
    onFailure(error);
    return c.json({ ok: false, error: "fatal_error", message: "the practice workspace failed; see its log" }, 500);
  });
  app.route("/api", webApi(ctx));
  app.post("/upload/v1/:secret", async (c) => {
    const bytes = await uploadedBytes(c.req.raw);
    const isTaken = await takeUpload(ctx, c.req.param("secret"), bytes);
    const status = isTaken ? `OK - ${bytes.byteLength}` : "the upload does not fit its reservation";
    ctx.traffic.add({
      kind: "upload",
      name: "upload",
      ms: null,
      status,
      request: `${bytes.byteLength} bytes`,
      response: status,
    });
    return c.text(status, isTaken ? 200 : 400);
  });
  for (const kind of ["commands", "actions", "app"]) {
    app.post(`/${kind}/:team/:number/:secret`, async (c) => {
      const { status, body } = respond(ctx, c.req.path, parseJson(await c.req.text()));
      return c.json(body, status);
    });
  }
  app.use("/practice/*", guard(port));
  app.route("/practice", humanApi(ctx));
  app.use("*", guard(port));
  app.route("/", pageFiles());
  return app;
}

/** The bytes of an upload: raw, or the first file of a multipart body. */
async function uploadedBytes(request: Request): Promise<Uint8Array> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("multipart/form-data")) return new Uint8Array(await request.arrayBuffer());
  for (const part of (await request.formData()).values()) {
    if (typeof part !== "string") return new Uint8Array(await part.arrayBuffer());
  }
  return new Uint8Array();
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? bound.port : port;
}
