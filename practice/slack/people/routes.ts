import { type Context as HonoContext, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import type { Context } from "#practice/slack/context.ts";
import { parseJson } from "#practice/slack/json.ts";
import { fileOnWire } from "#practice/slack/world/wire.ts";
import { act } from "./actions.ts";
import { bodies } from "./bodies.ts";
import { runCommand } from "./commands.ts";
import { readMessages, readViews, writeMessage } from "./conversation.ts";
import { describeState } from "./describe.ts";
import { askOptions, openHome, reload, useShortcut } from "./entry-points.ts";
import { applyFaults, faultsSchema } from "./fault-switches.ts";
import { comeBack, handMadeSchema, sendHandMade } from "./hand-made.ts";
import { closeView, submitView } from "./modals.ts";
import { readNotices } from "./notifications.ts";
import {
  channelWishSchema,
  groupWishSchema,
  installationSchema,
  personWishSchema,
  setChannel,
  setGroup,
  setInstallation,
  setPerson,
} from "./population.ts";
import { HumanError } from "./refusals.ts";

const MAX_STREAMS = 50;
const HEARTBEAT_MS = 15_000;

/** The human side over HTTP, as practice/README.md documents it. */
export function humanApi(ctx: Context): Hono {
  const app = new Hono();
  deeds(app, ctx);
  changes(app, ctx);
  readings(app, ctx);
  app.get("/stream", (c) => stream(ctx, c));
  app.onError((error, c) => {
    if (!(error instanceof HumanError)) throw error;
    return c.json({ error: error.code, message: error.message }, error.status);
  });
  return app;
}

function deeds(app: Hono, ctx: Context): void {
  app.post("/commands", async (c) => c.json(await runCommand(ctx, await body(c, bodies.commands))));
  app.post("/actions", async (c) => c.json(await act(ctx, await body(c, bodies.actions))));
  app.post("/views/submit", async (c) => c.json(await submitView(ctx, await body(c, bodies.submit))));
  app.post("/views/close", async (c) => c.json(await closeView(ctx, await body(c, bodies.close))));
  app.post("/messages", async (c) => c.json(writeMessage(ctx, await body(c, bodies.messages))));
  app.post("/home", async (c) => c.json(await openHome(ctx, (await body(c, bodies.user)).user)));
  app.post("/shortcuts", async (c) => c.json(await useShortcut(ctx, await body(c, bodies.shortcuts))));
  app.post("/options", async (c) => c.json(await askOptions(ctx, await body(c, bodies.options))));
  app.post("/reload", async (c) => c.json(reload(ctx, (await body(c, bodies.user)).user)));
}

/** What people and their clients cannot do: changes of the world and of the network. */
function changes(app: Hono, ctx: Context): void {
  app.post("/faults", async (c) => c.json(applyFaults(ctx, await body(c, faultsSchema))));
  app.post("/people", async (c) => c.json(setPerson(ctx, await body(c, personWishSchema))));
  app.post("/groups", async (c) => c.json(setGroup(ctx, await body(c, groupWishSchema))));
  app.post("/channels", async (c) => c.json(setChannel(ctx, await body(c, channelWishSchema))));
  app.post("/payloads", async (c) => c.json(await sendHandMade(ctx, await body(c, handMadeSchema))));
  app.post("/installation", async (c) => c.json(setInstallation(ctx, await body(c, installationSchema))));
}

function readings(app: Hono, ctx: Context): void {
  app.get("/state", (c) => c.json(describeState(ctx)));
  app.get("/messages", (c) => {
    const query = { user: asked(c, "user"), channel: asked(c, "channel"), threadTs: c.req.query("thread_ts") };
    return c.json({ messages: readMessages(ctx, query) });
  });
  app.get("/views", (c) => c.json(readViews(ctx, asked(c, "user"))));
  app.get("/notifications", (c) => {
    const { user, channel, from, after } = c.req.query();
    return c.json(readNotices(ctx, { user, channel, from, after }));
  });
  app.get("/payloads/:id", (c) => c.json(comeBack(ctx, c.req.param("id"))));
  app.get("/traffic", (c) => c.json({ entries: ctx.traffic.after(Number(c.req.query("after") ?? "0")) }));
  app.get("/files", (c) => {
    const shared = [...ctx.world.files.values()].filter((file) => file.state === "shared");
    return c.json({ files: shared.map((file) => fileOnWire(file, ctx.address())) });
  });
  app.get("/files/:id", async (c) => {
    const file = ctx.world.files.get(c.req.param("id"));
    const bytes = file?.state === "shared" ? await ctx.bytes.get(file.id) : undefined;
    if (file === undefined || bytes === undefined) throw new HumanError(404, "file_not_found", "there is no such file");
    const { mimetype } = fileOnWire(file, ctx.address());
    return c.body(Uint8Array.from(bytes), 200, {
      "content-type": `${String(mimetype)}; charset=utf-8`,
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      "x-content-type-options": "nosniff",
    });
  });
}

function stream(ctx: Context, c: HonoContext): Response {
  if (ctx.changes.count >= MAX_STREAMS)
    throw new HumanError(409, "too_many_streams", `${MAX_STREAMS} pages listen already`);
  return streamSSE(c, async (sse) => {
    const send = (data: unknown): void => void sse.writeSSE({ data: JSON.stringify(data) });
    const stop = ctx.changes.listen(send);
    const beat = setInterval(() => void sse.write(": still here\n\n"), HEARTBEAT_MS);
    send({ what: "state" });
    await new Promise<void>((resolve) => sse.onAbort(resolve));
    clearInterval(beat);
    stop();
  });
}

async function body<T>(c: HonoContext, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(parseJson(await c.req.text()));
  if (parsed.success) return parsed.data;
  throw new HumanError(400, "invalid_body", z.prettifyError(parsed.error));
}

function asked(c: HonoContext, name: string): string {
  const value = c.req.query(name);
  if (value !== undefined && value !== "") return value;
  throw new HumanError(400, "missing_argument", `the query needs ${name}=…`);
}
