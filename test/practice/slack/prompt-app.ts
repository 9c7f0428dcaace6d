import { createServer } from "node:http";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";

/**
 * An app in a thread of its own, so that it answers while the workspace stands still: tells the workspace's thread about
 * each envelope, and acknowledges it `ackAfterMs` later.
 */
const { link, ackAfterMs } = z.object({ link: z.string().optional(), ackAfterMs: z.number() }).parse(workerData);
const tell = (what: unknown): void => parentPort?.postMessage(what);

if (link === undefined) {
  const server = createServer((_request, response) => {
    tell("envelope");
    setTimeout(() => response.end(), ackAfterMs);
  });
  server.listen(0, "127.0.0.1", () => tell(server.address()));
} else {
  const socket = new WebSocket(link);
  socket.addEventListener("message", ({ data }) => {
    const frame = z.object({ type: z.string(), envelope_id: z.string().optional() }).parse(JSON.parse(String(data)));
    tell(frame.envelope_id === undefined ? frame.type : "envelope");
    if (frame.envelope_id === undefined) return;
    setTimeout(() => socket.send(JSON.stringify({ envelope_id: frame.envelope_id })), ackAfterMs);
  });
}
