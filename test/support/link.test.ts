import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { waitUntil } from "#test/support/wait-until.ts";
import { openLink } from "./link.ts";
import type { Link } from "./link.ts";

/** A server that says everything back, behind a link. */
async function openEcho(stack: AsyncDisposableStack): Promise<Link> {
  const server = createServer((socket) => socket.on("error", () => undefined).pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(() => void server.close());
  const address = server.address();
  const link = stack.use(await openLink());
  if (address !== null && typeof address !== "string") link.lead(address.port);
  return link;
}

/** A connection through a link, with everything that came back. */
function speak(stack: AsyncDisposableStack, { port }: Link) {
  const socket = connect(port, "127.0.0.1");
  stack.defer(() => void socket.destroy());
  let heard = "";
  socket.on("error", () => undefined).on("data", (bytes) => (heard += String(bytes)));
  return { socket, heard: () => heard };
}

test("an open link carries both ways, also after a hole, in order and without a loss", async () => {
  await using stack = new AsyncDisposableStack();
  const link = await openEcho(stack);
  const { socket, heard } = speak(stack, link);
  socket.write("one ");
  await waitUntil("the first word", () => heard() === "one ");
  link.set({ kind: "hole" });
  socket.write("two ");
  // A second connection is taken and hears nothing either.
  const other = speak(stack, link);
  other.socket.write("hello");
  await once(other.socket, "connect");
  link.set({ kind: "slow", delayMs: 5 });
  socket.write("three");
  await waitUntil("all words", () => heard() === "one two three" && other.heard() === "hello");
  expect(socket.destroyed).toBe(false);
});

test("a cut breaks what is open and refuses what comes, until it is open again", async () => {
  await using stack = new AsyncDisposableStack();
  const link = await openEcho(stack);
  const { socket } = speak(stack, link);
  await once(socket, "connect");
  link.set({ kind: "cut" });
  await waitUntil("the connection to break", () => socket.destroyed);
  const refused = speak(stack, link);
  await waitUntil("a new one to break", () => refused.socket.destroyed);
  link.set({ kind: "open" });
  const { socket: again, heard } = speak(stack, link);
  again.write("back");
  await waitUntil("the word", () => heard() === "back");
  expect(heard()).toBe("back");
});
