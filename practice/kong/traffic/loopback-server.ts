import type { Server } from "node:http";

/** Listens on 127.0.0.1 and returns the port; port 0 lets the kernel choose. @throws the error of a port that is taken. */
export function listenOnLoopback(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port }, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("the server got no TCP port"));
      else resolve(address.port);
    });
  });
}

/** Cuts all connections and closes. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
