/** What a worker tells the master: that all its listeners are open, or why it can not start. */
export type FromWorker = { readonly kind: "ready" } | { readonly kind: "failed"; readonly reason: string };

/** Reads what a worker sent. By hand, because the master needs zod for nothing else. @throws Error for anything else. */
export function parseFromWorker(message: unknown): FromWorker {
  if (typeof message === "object" && message !== null && "kind" in message) {
    if (message.kind === "ready") return { kind: "ready" };
    if (message.kind === "failed" && "reason" in message && typeof message.reason === "string")
      return { kind: "failed", reason: message.reason };
  }
  throw new Error(`a worker said what no worker says: ${JSON.stringify(message)}`);
}
