import { setImmediate } from "node:timers/promises";
import { WebClient } from "@slack/web-api";
import { expect, test } from "vitest";
import { Delivery } from "#src/slack/delivery/delivery.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { atGate } from "#test/src/serve/stage.ts";
import { MemoryLog, MemoryPosts } from "#test/src/slack/bot.ts";
import { waitUntil } from "#test/support/wait-until.ts";

test("a replica that takes over compares everything that is open with Slack, however much is newer, a few at once", async () => {
  const upgrade = atGate().active;
  const many = Array.from({ length: 250 }, (_, index): Upgrade => {
    const id = upgradeIdSchema.parse(`KU-2026-${String(1_000 - index).padStart(4, "0")}`);
    const request = { ...upgrade.request, channel: `C0ENV${String(index).padStart(4, "0")}` };
    return { ...upgrade, id, request };
  });
  const read = new Set<UpgradeId>();
  let underWay = 0;
  let mostAtOnce = 0;
  const delivery = new Delivery({
    client: new WebClient("none"),
    apiUrl: "http://127.0.0.1:1/api/",
    botUserId: "U0BOT0001",
    toolVersion: "test",
    desk: {
      find: async (id) => many.find((each) => each.id === id),
      list: async ({ limit }) => many.slice(0, limit),
      events: async (id) => {
        underWay += 1;
        mostAtOnce = Math.max(mostAtOnce, underWay);
        await setImmediate();
        underWay -= 1;
        read.add(id);
        return [];
      },
    },
    posts: new MemoryPosts(),
    names: { person: (id) => id, group: (id) => id },
    log: new MemoryLog(),
    pace: { everyMs: 1, burst: 5, editEveryMs: 5, allEditsEveryMs: 1, tailEveryMs: 10 },
    now: Date.now,
    steadyNow: () => performance.now(),
  });
  await delivery.start();
  await waitUntil("all of them to be read", () => read.size >= many.length).catch(() => undefined);
  await delivery.stop();
  expect(read.size).toBe(many.length);
  // The others of its connections are for people who ask meanwhile.
  expect(mostAtOnce).toBeLessThanOrEqual(4);
});
