import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

/** How a link treats what goes through it. */
export type LinkState =
  | { readonly kind: "open" }
  /** Connections break, and new ones are refused. */
  | { readonly kind: "cut" }
  /** Connections stay and are taken, and nothing comes through: as when packets get lost. */
  | { readonly kind: "hole" }
  /** Every piece comes late, in order. */
  | { readonly kind: "slow"; readonly delayMs: number };

/** A TCP proxy in front of one server; what it holds back stays in the kernel's buffers, so its own memory is bounded. */
export interface Link extends AsyncDisposable {
  readonly port: number;
  set(state: LinkState): void;
  /** Where the server listens from now on. */
  lead(port: number): void;
}

const host = "127.0.0.1";

/** Opens a link on a port of its own; it refuses everybody until it is told where it leads. */
export async function openLink(): Promise<Link> {
  const sockets = new Set<Socket>();
  let state: LinkState = { kind: "open" };
  let targetPort: number | undefined;
  const changes = new Set<() => void>();

  /** Resolves when something may go through. */
  const passage = async (): Promise<void> => {
    while (state.kind === "hole") {
      await new Promise<void>((resolve) => {
        changes.add(resolve);
      });
    }
    const delayMs = state.kind === "slow" ? state.delayMs : 0;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  };
  const late = async (send: () => void): Promise<void> => {
    await passage();
    send();
  };
  const carry = (from: Socket, to: Socket): void => {
    from.on("data", (bytes) => {
      if (state.kind === "open") {
        if (!to.write(bytes)) {
          from.pause();
          to.once("drain", () => from.resume());
        }
        return;
      }
      from.pause();
      void late(() => {
        to.write(bytes);
        from.resume();
      });
    });
    from.on("end", () => {
      void late(() => to.end());
    });
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (state.kind === "cut" || targetPort === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect({ host, port: targetPort, allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    carry(client, upstream);
    carry(upstream, client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    set: (wanted) => {
      state = wanted;
      if (wanted.kind === "cut") cut();
      for (const change of changes) change();
      changes.clear();
    },
    lead: (port) => {
      targetPort = port;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      for (const change of changes) change();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
