import { once } from "node:events";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import type { Instruments } from "./instruments.ts";
import type { Readiness } from "./readiness.ts";

/** Where the process is asked how it is: an address of this machine, never one that everybody reaches by default. */
export interface Listening {
  readonly host: string;
  readonly port: number;
}

export interface TelemetryParts {
  readonly instruments: Instruments;
  readonly readiness: () => Promise<Readiness>;
  /** Brings gauges to what is true now, before they are read; never throws and takes a few seconds at most. */
  readonly refresh: () => Promise<void>;
}

/** The three questions as a web application: does the process live, may work be sent here, and its figures. */
function telemetryApp({ instruments, readiness, refresh }: TelemetryParts): Hono {
  const app = new Hono();
  app.get("/healthz", (context) => context.text("ok\n"));
  app.get("/readyz", async (context) => {
    const { isReady, checks } = await readiness();
    return context.json({ ready: isReady, checks }, isReady ? 200 : 503);
  });
  app.get("/metrics", async (context) => {
    const [{ checks }] = await Promise.all([readiness(), refresh()]);
    instruments.gauges.ready.reset();
    for (const [check, answer] of Object.entries(checks))
      instruments.gauges.ready.set({ check }, answer === "ok" ? 1 : 0);
    context.header("content-type", instruments.registry.contentType);
    return context.body(await instruments.registry.metrics());
  });
  return app;
}

/** Listens until disposed. @throws AppError `port_taken` */
export async function listenForProbes(
  { host, port }: Listening,
  parts: TelemetryParts,
): Promise<AsyncDisposable & Listening> {
  const server = serve({ fetch: telemetryApp(parts).fetch, hostname: host, port });
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new AppError(
      "port_taken",
      `${host}:${port} (KONG_UPGRADE_HTTP) cannot be listened on: ${errorMessage(cause)}; free it or name another one`,
      { cause },
    );
  }
  const address = server.address();
  return {
    host,
    port: typeof address === "object" && address !== null ? address.port : port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
}
