import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { type Stage, pick, stage } from "./stage.ts";

/** More than a busy machine needs to run the thread of the app. */
const ackTimeoutMs = 1_500;
const ackAfterMs = 50;
const command = { user: "U0ALICE01", channel: "C0PRACTCE", text: "status" };

async function promptApp(link?: string): Promise<Worker> {
  const app = new Worker(new URL("./prompt-app.ts", import.meta.url), { workerData: { link, ackAfterMs } });
  onTestFinished(async () => {
    await app.terminate();
  });
  return app;
}

/** Types a command, and lets the workspace's process stand still from the moment on at which the app has it. */
async function commandWhileStalled(s: Stage, app: Worker): Promise<unknown> {
  app.on("message", (what) => {
    if (what === "envelope") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * ackTimeoutMs);
  });
  return s.person("commands", command);
}

test("a workspace that stood still does not blame an app that acknowledged in time: Socket Mode", async () => {
  const s = await stage({ ackTimeoutMs });
  const link = await s.api("apps.connections.open", {}, CREDENTIALS.app_token);
  const app = await promptApp(pick(link, "url"));
  await once(app, "message");
  expect(await commandWhileStalled(s, app)).toMatchObject({ delivered: true, ack_ms: expect.any(Number) });
});

test("a workspace that stood still does not blame an app that acknowledged in time: HTTP", async () => {
  const app = await promptApp();
  const [address] = await once(app, "message");
  const { port } = z.object({ port: z.number() }).parse(address);
  const url = `http://127.0.0.1:${port}/slack/events`;
  const s = await stage({
    ackTimeoutMs,
    appDelivery: { kind: "http", url, signingSecret: CREDENTIALS.signing_secret },
  });
  expect(await commandWhileStalled(s, app)).toMatchObject({ delivered: true, ack_ms: expect.any(Number) });
});
