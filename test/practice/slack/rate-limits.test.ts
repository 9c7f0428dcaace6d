import { expect, test } from "vitest";
import { type Clock, type Json, stage } from "./stage.ts";

const CHANNEL = "C0PRACTCE";

test("a short burst to a channel passes, then one message per second, with Retry-After", async () => {
  const clock: Clock = { nowMs: 1_795_000_000_000 };
  const s = await stage({ now: () => clock.nowMs, rateLimits: "real" });
  const send = (channel = CHANNEL): Promise<Json & { http: Response }> =>
    s.api("chat.postMessage", { channel, text: "x" });
  for (let i = 0; i < 5; i += 1) expect((await send()).http.status).toBe(200);
  const refused = await send();
  expect(refused.http.status).toBe(429);
  expect(refused.http.headers.get("retry-after")).toBe("1");
  expect(refused).toMatchObject({ ok: false, error: "ratelimited" });
  expect((await send("C0GENERAL")).http.status).toBe(200);
  clock.nowMs += 1_000;
  expect((await send()).http.status).toBe(200);
  expect((await send()).http.status).toBe(429);
});

test("a tier 2 method passes 20 times in a minute and again when the minute is over", async () => {
  const clock: Clock = { nowMs: 1_795_000_000_000 };
  const s = await stage({ now: () => clock.nowMs, rateLimits: "real" });
  for (let i = 0; i < 20; i += 1) expect((await s.api("usergroups.list")).http.status).toBe(200);
  const refused = await s.api("usergroups.list");
  expect(refused.http.headers.get("retry-after")).toBe("60");
  expect((await s.api("users.info", { user: "U0ALICE01" })).http.status).toBe(200);
  clock.nowMs += 60_000;
  expect((await s.api("usergroups.list")).http.status).toBe(200);
});

test("harsh limits leave a quarter of a tier and no burst; off leaves no limit", async () => {
  const clock: Clock = { nowMs: 1_795_000_000_000 };
  const s = await stage({ now: () => clock.nowMs, rateLimits: "real" });
  await s.person("faults", { rate_limits: "harsh" });
  for (let i = 0; i < 5; i += 1) expect((await s.api("usergroups.list")).http.status).toBe(200);
  expect((await s.api("usergroups.list")).http.status).toBe(429);
  expect((await s.api("chat.postMessage", { channel: CHANNEL, text: "x" })).http.status).toBe(200);
  expect((await s.api("chat.postMessage", { channel: CHANNEL, text: "x" })).http.status).toBe(429);
  await s.person("faults", { rate_limits: "off" });
  for (let i = 0; i < 30; i += 1) expect((await s.api("usergroups.list")).http.status).toBe(200);
});
