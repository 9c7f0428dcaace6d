import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { z } from "zod";

/** `status` is that of HTTP, `scopes` those of the token in its header; `silence` never answers. */
type Answer = Readonly<Record<string, unknown>> | "silence";

/** Slack's Web API as one address that answers as told: what the practice workspace never says. */
export interface FakeSlack {
  readonly apiUrl: string;
  /** What was called, in order, with its arguments. */
  readonly calls: { readonly method: string; readonly args: Readonly<Record<string, string>> }[];
  /** What a method answers from now on; methods that were not given answer `unknown_method`. */
  readonly answers: Map<string, (args: Readonly<Record<string, string>>) => Answer>;
}

export async function fakeSlack(
  answers: Readonly<Record<string, (args: Readonly<Record<string, string>>) => Answer>>,
): Promise<FakeSlack> {
  const fake = { calls: [] as FakeSlack["calls"], answers: new Map(Object.entries(answers)) };
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await text(incoming);
    const method = (incoming.url ?? "").replace(/^\/api\//u, "");
    const args = Object.fromEntries(new URLSearchParams(body));
    fake.calls.push({ method, args });
    const told = fake.answers.get(method)?.(args) ?? { ok: false, error: "unknown_method" };
    if (told === "silence") return;
    outgoing.statusCode = typeof told["status"] === "number" ? told["status"] : 200;
    outgoing.setHeader("content-type", "application/json");
    if (typeof told["scopes"] === "string") outgoing.setHeader("x-oauth-scopes", told["scopes"]);
    if (outgoing.statusCode === 429) outgoing.setHeader("retry-after", "30");
    outgoing.end(JSON.stringify(told));
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return { ...fake, apiUrl: `http://127.0.0.1:${port}/api/` };
}

/** A full member as `users.info` tells one. */
export function userOf(id: string, over: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    id,
    team_id: "T0ACME001",
    name: id.toLowerCase(),
    deleted: false,
    is_bot: false,
    is_app_user: false,
    is_restricted: false,
    is_ultra_restricted: false,
    ...over,
  };
}
