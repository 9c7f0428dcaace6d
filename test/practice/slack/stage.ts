import { fileURLToPath } from "node:url";
import type { KnownBlock, ModalView } from "@slack/types";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { type Workspace, type WorkspaceOptions, startWorkspace } from "#practice/slack/server.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";

const MANIFEST = fileURLToPath(new URL("./fixtures/manifest.yml", import.meta.url));
const json = z.record(z.string(), z.unknown());
export type Json = z.infer<typeof json>;

/** Reads a string deep inside an answer, such as "view.id" or "messages.0.ts"; fails when there is none. */
export function pick(answer: unknown, path: string): string {
  const found = path.split(".").reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value.at(Number(key));
    return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  }, answer);
  if (typeof found !== "string") throw new Error(`no string at ${path} in ${JSON.stringify(answer)}`);
  return found;
}

/** A clock that tests move by hand. */
export type Clock = { nowMs: number };

/** A workspace for one test, with both sides of it at hand. */
export type Stage = {
  readonly workspace: Workspace;
  /** Does something as a person: `POST /practice/<what>`. */
  readonly person: (what: string, body: Json) => Promise<Json & { readonly status: number }>;
  /** Reads the human side: `GET /practice/<what>`. */
  readonly look: (what: string) => Promise<Json>;
  /** Calls the Web API as the bot, with a JSON body. */
  readonly api: (method: string, args?: Json, token?: string) => Promise<Json & { readonly http: Response }>;
  /** What this person sees of a channel. */
  readonly sees: (user: string, channel?: string, thread?: string) => Promise<readonly Json[]>;
};

/** Starts a workspace that is stopped when the test ends. Rate limits are off unless asked for. */
export async function stage(options: Partial<WorkspaceOptions> = {}): Promise<Stage> {
  const workspace = await startWorkspace({
    port: 0,
    manifestPath: MANIFEST,
    appDelivery: { kind: "socket" },
    rateLimits: "off",
    ...options,
  });
  onTestFinished(() => workspace.stop());
  const look = async (what: string): Promise<Json> =>
    json.parse(await (await fetch(`${workspace.address}/practice/${what}`)).json());
  return {
    workspace,
    look,
    person: async (what, body) => {
      const response = await fetch(`${workspace.address}/practice/${what}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: response.status, ...json.parse(await response.json()) };
    },
    api: async (method, args = {}, token = CREDENTIALS.bot_token) => {
      const http = await fetch(`${workspace.slackApiUrl}${method}`, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8", authorization: `Bearer ${token}` },
        body: JSON.stringify(args),
      });
      return { http, ...json.parse(await http.json()) };
    },
    sees: async (user, channel = "C0PRACTCE", thread) => {
      const where = thread === undefined ? "" : `&thread_ts=${thread}`;
      const answer = await look(`messages?user=${user}&channel=${channel}${where}`);
      return z.array(json).parse(answer["messages"]);
    },
  };
}

/** Waits until the condition gives something; fails after two minutes, which end what hangs, with what was waited for. */
export async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`waited 120 s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** An actions block with these buttons. */
export function buttons(...actionIds: readonly string[]): KnownBlock[] {
  const elements = actionIds.map((id) => ({
    type: "button" as const,
    action_id: id,
    value: `value of ${id}`,
    text: { type: "plain_text" as const, text: id },
  }));
  return [{ type: "actions", block_id: "decide", elements }];
}

/** A modal that asks for a reason. */
export function reasonModal(rest: Partial<ModalView> = {}): ModalView {
  return {
    type: "modal",
    callback_id: "reason",
    title: { type: "plain_text", text: "Reject" },
    submit: { type: "plain_text", text: "Reject" },
    blocks: [
      {
        type: "input",
        block_id: "why",
        label: { type: "plain_text", text: "Reason" },
        element: { type: "plain_text_input", action_id: "text", min_length: 3 },
      },
    ],
    ...rest,
  };
}
