import { createServer } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { z } from "zod";

type Answer = { readonly [key: string]: unknown } | { readonly status: number } | "silence";

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
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      const method = (incoming.url ?? "").replace(/^\/api\//u, "");
      const args = Object.fromEntries(new URLSearchParams(body));
      fake.calls.push({ method, args });
      const answer = fake.answers.get(method)?.(args) ?? { ok: false, error: "unknown_method" };
      if (answer === "silence") return;
      outgoing.statusCode = typeof answer.status === "number" ? answer.status : 200;
      outgoing.setHeader("content-type", "application/json");
      if (outgoing.statusCode === 429) outgoing.setHeader("retry-after", "30");
      outgoing.end(JSON.stringify(answer));
    });
  });
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
