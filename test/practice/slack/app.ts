import { App, LogLevel } from "@slack/bolt";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { freePorts } from "#practice/world/free-ports.ts";
import { type Json, type Stage, eventually } from "./stage.ts";

/** A real Bolt app, connected to the workspace by Socket Mode; stopped when the test ends. */
export async function socketApp(stage: Stage, register: (app: App) => void): Promise<App> {
  const app = new App({
    token: CREDENTIALS.bot_token,
    appToken: CREDENTIALS.app_token,
    socketMode: true,
    convoStore: false,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: stage.workspace.slackApiUrl, retryConfig: { retries: 0 } },
  });
  register(app);
  await app.start();
  onTestFinished(async () => {
    await app.stop();
  });
  return app;
}

/** A port for an app that takes HTTP delivery, which nobody else takes before it listens. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

const frame = z.record(z.string(), z.unknown());

/** A bare Socket Mode client that acknowledges nothing by itself. */
export async function connect(s: Stage): Promise<{ readonly frames: Json[]; readonly socket: WebSocket }> {
  const { url } = await s.api("apps.connections.open", {}, CREDENTIALS.app_token);
  const frames: Json[] = [];
  const socket = new WebSocket(String(url));
  socket.addEventListener("message", (event) => frames.push(frame.parse(JSON.parse(String(event.data)))));
  onTestFinished(() => socket.close());
  await eventually("a first frame", () => frames[0]);
  return { frames, socket };
}
