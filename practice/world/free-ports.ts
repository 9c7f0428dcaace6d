import { createServer } from "node:net";
import type { Server } from "node:net";

/** Below the ports that Linux (from 32768) and macOS (from 49152) give to outgoing connections. */
const lowest = 15_000;
const portsPerBlock = 16;
const blocks = 900;

/**
 * Ports of loopback that nobody uses and nobody else takes through this function while this process lives: a node that
 * is stopped for minutes finds its port free when it starts again. The first port of a block is listened on as the sign
 * that the block is taken; it does not keep the process alive.
 * Looks for a block from the one numbered `begin` on.
 * @throws Error when more are asked for than a block has, or every block is taken
 */
export async function freePorts(count: number, begin = Math.floor(Math.random() * blocks)): Promise<readonly number[]> {
  if (count >= portsPerBlock) throw new Error(`${count} ports at once; a block has ${portsPerBlock - 1}`);
  for (let tried = 0; tried < blocks; tried += 1) {
    const sign = lowest + ((begin + tried) % blocks) * portsPerBlock;
    const ports = Array.from({ length: count }, (_, index) => sign + 1 + index);
    const taken = await listenOn(sign);
    if (taken === undefined) continue;
    if (await areFree(ports)) {
      taken.unref();
      return ports;
    }
    await close(taken);
  }
  throw new Error(`all ports of 127.0.0.1 from ${lowest} to ${lowest + blocks * portsPerBlock} are taken`);
}

/** Whether nobody listens on any of these ports of loopback. */
export async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = await Promise.all(ports.map((port) => listenOn(port)));
  const open = servers.filter((server) => server !== undefined);
  await Promise.all(open.map((server) => close(server)));
  return open.length === ports.length;
}

function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
