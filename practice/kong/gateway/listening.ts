import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { listenOptions } from "./listen-options.ts";
import type { Counters } from "./node-context.ts";
import type { Listener } from "./node-settings.ts";

/** nginx's keepalive_timeout. */
const keepAliveMs = 75_000;
const idleCheckMs = 50;

/** The open listeners of a worker. */
export interface Listening {
  /** Finishes running requests, answers no new connection; resolves when the last one is done. */
  drain(): Promise<void>;
  /** Cuts everything. */
  close(): Promise<void>;
}

/** Opens plain HTTP listeners; those with `ssl` are not opened, because the simulated gateway has no certificates. */
export async function listen(
  wanted: readonly { readonly listeners: readonly Listener[]; readonly handler: RequestListener }[],
  counters: Counters,
): Promise<Listening> {
  const servers: Server[] = [];
  let isDraining = false;
  async function closeAll(): Promise<void> {
    const closing = servers.map((server) => closed(server));
    for (const server of servers) server.closeAllConnections();
    await Promise.all(closing);
  }
  for (const { listeners, handler } of wanted) {
    for (const one of listeners) {
      if (one.flags.includes("ssl")) continue;
      const server = createServer((request, response) => {
        counters.requests += 1;
        if (isDraining) response.shouldKeepAlive = false;
        handler(request, response);
      });
      server.keepAliveTimeout = keepAliveMs;
      server.on("connection", (socket) => {
        counters.accepted += 1;
        counters.active += 1;
        socket.once("close", () => {
          counters.active -= 1;
        });
      });
      servers.push(server);
      await opened(server, one).catch(async (error: unknown) => {
        await closeAll();
        throw error;
      });
    }
  }
  return {
    close: closeAll,
    drain: async () => {
      isDraining = true;
      const closing = servers.map((server) => closed(server));
      // A connection that becomes idle after close() would stay until its keep-alive ends.
      const sweep = setInterval(() => {
        for (const server of servers) server.closeIdleConnections();
      }, idleCheckMs);
      await Promise.all(closing);
      clearInterval(sweep);
    },
  };
}

function opened(server: Server, listener: Listener): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(listenOptions(listener), () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) resolve();
    else server.close(() => resolve());
  });
}
