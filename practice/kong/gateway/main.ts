/**
 * The simulated gateway of one node: `node practice/kong/gateway/main.ts --prefix P --version V`, in the place of nginx + Kong.
 *
 * It reads `<prefix>/.kong_env`, writes `<prefix>/pids/nginx.pid` and `<prefix>/logs/`, serves the Admin API, the status
 * listener and the proxy over PostgreSQL, and stays in the foreground: `kong start` spawns it detached. A start that fails
 * prints nginx's lines on stderr and exits 1.
 *
 * A node with `database = off` loads the file of `declarative_config` and answers at its proxy and status listener.
 *
 * What it does not do: TLS listeners, Kong Manager, HTTP/2, gRPC, streams, WebSockets; hybrid mode; the Admin API of a node
 * without a database; health checks of upstreams; the expression router; certificates, SNIs, vaults, keys and other
 * entities; plugins except key-auth, acl, ip-restriction, rate-limiting (local) and request-termination (the others are listed
 * and their configuration is served). Lua never runs, so pre-function and post-function do nothing. Regexes are
 * JavaScript's. Stored plugin settings that a version does not know stay visible. 1.5.1 is not recorded from a real Kong.
 */
import cluster from "node:cluster";
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import type { FromWorker } from "./from-worker.ts";

const { values } = parseArgs({
  options: { prefix: { type: "string" }, version: { type: "string" }, "node-id": { type: "string" } },
});
const { prefix, version } = values;
if (prefix === undefined || version === undefined) {
  process.stderr.write("usage: main.ts --prefix DIR --version X.Y.Z\n");
  process.exit(1);
}

// Each of the two loads only its own part: a practice world starts dozens of nodes, and most of that is loading.
if (cluster.isPrimary) {
  const { runMaster } = await import("./master.ts");
  const ending = await runMaster({ prefix, version, nodeId: randomUUID() }).catch((error: unknown) => ({
    exitCode: 1,
    problems: [`nginx: [emerg] ${error instanceof Error ? error.message : String(error)}`],
  }));
  for (const line of ending.problems) process.stderr.write(`${line}\n`);
  process.exit(ending.exitCode);
} else {
  await work(prefix, version, values["node-id"] ?? randomUUID());
}

async function work(folder: string, kongVersion: string, nodeId: string): Promise<void> {
  let pids: readonly number[] = [process.pid];
  // The terminal's Ctrl-C and a signal to the group reach workers too; the master alone decides.
  process.on("SIGINT", () => undefined);
  process.on("SIGHUP", () => undefined);
  process.on("SIGQUIT", () => undefined);
  const [{ startWorker }, { toWorker }] = await Promise.all([import("./worker.ts"), import("./to-worker.ts")]);
  try {
    const worker = await startWorker({
      prefix: folder,
      version: kongVersion,
      nodeId,
      processes: () => ({ master: process.ppid, workers: pids }),
    });
    process.on("message", (message) => {
      const parsed = toWorker.parse(message);
      if (parsed.kind === "processes") pids = parsed.workers;
      else void worker.drain().then(() => process.exit(0));
    });
    tellMaster({ kind: "ready" });
  } catch (error) {
    tellMaster({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
  }
}

function tellMaster(message: FromWorker): void {
  cluster.worker?.send(message);
}
