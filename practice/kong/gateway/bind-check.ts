import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { listenOptions } from "./listen-options.ts";
import type { Listener } from "./node-settings.ts";

/** nginx tries five times with half a second in between (src/core/ngx_connection.c). */
const attempts = 5;
const pauseMs = 500;

/**
 * Tries to bind every address as nginx does at its start.
 * Returns nginx's `[emerg]` lines when an address stayed taken, undefined when all are free.
 */
export async function bindProblems(listeners: readonly Listener[]): Promise<readonly string[] | undefined> {
  const lines: string[] = [];
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const failures = (await Promise.all(listeners.map((one) => bindProblem(one)))).filter((line) => line !== undefined);
    if (failures.length === 0) return undefined;
    lines.push(...failures);
    const isTaken = failures.every((line) => line.includes("(98:"));
    if (!isTaken) return lines;
    await delay(pauseMs);
  }
  return [...lines, "nginx: [emerg] still could not bind()"];
}

function bindProblem(listener: Listener): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error) => {
      resolve(`nginx: [emerg] bind() to ${listener.ip}:${listener.port} failed (${reason(error)})`);
    });
    server.listen({ ...listenOptions(listener), exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function reason(error: Error): string {
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return "98: Address already in use";
  if (code === "EACCES") return "13: Permission denied";
  if (code === "EADDRNOTAVAIL") return "99: Cannot assign requested address";
  return error.message;
}
