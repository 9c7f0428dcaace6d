import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { eventually, pick, stage } from "./stage.ts";

const CHANNEL = "C0PRACTCE";

/** `fetch` does not let a caller choose these headers. */
async function statusOf(address: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${address}${path}`, { method: headers["method"] ?? "GET", headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "workspace-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test("other web pages of the machine cannot read or act", async () => {
  const { workspace } = await stage();
  const status = (path: string, headers: Record<string, string>): Promise<number> =>
    statusOf(workspace.address, path, headers);
  const port = new URL(workspace.address).port;
  expect(await status("/practice/state", {})).toBe(200);
  expect(await status("/practice/state", { host: `localhost:${port}` })).toBe(200);
  expect(await status("/practice/state", { host: "evil.example" })).toBe(403);
  expect(await status("/practice/state", { host: "127.0.0.1:1" })).toBe(403);
  expect(await status("/practice/state", { origin: "https://evil.example" })).toBe(403);
  expect(await status("/practice/state", { origin: "null" })).toBe(403);
  expect(await status("/practice/state", { origin: workspace.address })).toBe(200);
  expect(await status("/", { host: "evil.example" })).toBe(403);
  expect(await status("/practice/reload", { method: "POST", "content-type": "text/plain" })).toBe(403);
});

test("the page's policy allows its own scripts, its import map and nothing else", async () => {
  const { workspace } = await stage();
  const page = await fetch(`${workspace.address}/`);
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/script-src 'self' 'sha256-/u);
  expect(policy).not.toContain("unsafe");
  const module = await fetch(`${workspace.address}/page/main.ts`);
  expect(module.headers.get("content-type")).toContain("text/javascript");
  for (const name of ["preact.js", "preact-hooks.js", "htm.js"]) {
    const vendor = await fetch(`${workspace.address}/vendor/${name}`);
    expect([name, vendor.status, vendor.headers.get("content-type")]).toEqual([
      name,
      200,
      "text/javascript; charset=utf-8",
    ]);
  }
  expect((await fetch(`${workspace.address}/page/..%2fserver.ts`)).status).toBe(404);
  expect((await fetch(`${workspace.address}/vendor/server.js`)).status).toBe(404);
});

test("messages, files, groups and homes are there again after a restart; ephemerals and faults are not", async () => {
  const dataDir = await directory();
  const first = await stage({ dataDir });
  const ts = pick(await first.api("chat.postMessage", { channel: CHANNEL, text: "kept <@U0BOB0001>" }), "ts");
  await first.api("chat.postEphemeral", { channel: CHANNEL, user: "U0BOB0001", text: "not kept" });
  await first.api("views.publish", { user_id: "U0BOB0001", view: { type: "home", blocks: [{ type: "divider" }] } });
  const reserved = await first.api("files.getUploadURLExternal", { filename: "a.txt", length: 3 });
  await fetch(pick(reserved, "upload_url"), { method: "POST", body: "abc" });
  await first.api("files.completeUploadExternal", { files: [{ id: reserved["file_id"] }], channel_id: CHANNEL });
  await first.person("faults", { set_group: { group: "S0APPROVE", users: [] }, slow_ms: 1 });
  await first.workspace.stop();

  const second = await stage({ dataDir });
  const messages = await second.sees("U0BOB0001");
  expect(messages).toMatchObject([{ ts, text: "kept <@U0BOB0001>" }, { subtype: "file_share" }]);
  const file = await fetch(`${second.workspace.address}/practice/files/${pick(reserved, "file_id")}`);
  expect(await file.text()).toBe("abc");
  expect(await second.look("views?user=U0BOB0001")).toMatchObject({ home: { type: "home" } });
  expect(await second.look("notifications?user=U0BOB0001")).toMatchObject({ count: 1 });
  expect(await second.look("state")).toMatchObject({
    groups: [{ users: [] }, { id: "S0DBA0001" }, { id: "S0LEADS01" }],
    faults: { slow_ms: 0 },
  });
  const later = pick(await second.api("chat.postMessage", { channel: CHANNEL, text: "next" }), "ts");
  expect(Number(later)).toBeGreaterThan(Number(pick(messages[1], "ts")));
});

test("the state is on disk soon after a change, without a stop", async () => {
  const dataDir = await directory();
  const s = await stage({ dataDir });
  await s.api("chat.postMessage", { channel: CHANNEL, text: "written down" });
  const text = await eventually("the file", async () => {
    const found = await readFile(join(dataDir, "workspace.json"), "utf8").catch(() => "");
    return found.includes("written down") ? found : undefined;
  });
  expect(text).not.toContain("xoxb-");
});

test("a damaged state is named instead of overwritten", async () => {
  const dataDir = await directory();
  await writeFile(join(dataDir, "workspace.json"), '{"version":1');
  await expect(stage({ dataDir })).rejects.toThrow("is not a state of the practice workspace");
});

test("the traffic shows calls and deliveries without tokens", async () => {
  const s = await stage();
  await s.api("auth.test", { remark: "mind xoxb-practice-not-a-real-token", token: "something-else" });
  const { entries } = await s.look("traffic?after=0");
  expect(entries).toMatchObject([{ n: 1, kind: "web_api", name: "auth.test", status: "ok" }]);
  expect(JSON.stringify(entries)).not.toMatch(/xoxb-|something-else/u);
  expect(await s.look("traffic?after=1")).toEqual({ entries: [] });
});

test("an open page hears of a new message", async () => {
  const s = await stage();
  const stop = new AbortController();
  const stream = await fetch(`${s.workspace.address}/practice/stream?user=U0BOB0001`, { signal: stop.signal });
  let heard = "";
  const reading = (async () => {
    for await (const chunk of stream.body ?? []) heard += Buffer.from(chunk).toString();
  })().catch(() => {});
  await s.api("chat.postMessage", { channel: CHANNEL, text: "x" });
  await eventually("the announcement", () => (heard.includes('"what":"messages"') ? true : undefined));
  expect(heard).toContain(`{"what":"messages","channel":"${CHANNEL}"}`);
  stop.abort();
  await reading;
});

test("a stop waits for neither the pages nor the sockets that are open", async () => {
  const s = await stage();
  const stop = new AbortController();
  await fetch(`${s.workspace.address}/practice/stream?user=U0BOB0001`, { signal: stop.signal });
  const link = await s.api("apps.connections.open", {}, "xapp-practice-not-a-real-token");
  const socket = new WebSocket(String(link["url"]));
  await eventually("the connection", () => (s.workspace.connections() === 1 ? true : undefined));
  const startedAt = performance.now();
  await s.workspace.stop();
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  await eventually("the close", () => (socket.readyState === WebSocket.CLOSED ? true : undefined));
  stop.abort();
});

test("a taken port is an error", async () => {
  const s = await stage();
  const port = Number(new URL(s.workspace.address).port);
  await expect(stage({ port })).rejects.toThrow("EADDRINUSE");
});
