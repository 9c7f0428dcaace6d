import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Home } from "#src/slack/home.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { Story, request } from "#test/support/given.ts";
import { carol, sampleEnvironment } from "#test/support/samples.ts";
import { atGate } from "#test/src/serve/stage.ts";
import { MemoryLog } from "./bot.ts";

const names = { person: (id: string): string => id, group: (id: string): string => id };
/** Longer than a home waits for more to happen. */
const aWhileMs = 10_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A home over upgrades that a test keeps, newest first, with what was published. */
function homeOf(open: readonly Upgrade[]) {
  const shown = { open };
  const published: string[] = [];
  let failures = 0;
  const publish = async ({ view }: { readonly view: unknown }): Promise<void> => {
    if (failures > 0) {
      failures -= 1;
      throw new Error("Slack takes no more");
    }
    published.push(JSON.stringify(view));
  };
  const home = new Home({
    desk: {
      list: async ({ isOpen, limit }) => (isOpen === true ? shown.open.slice(0, limit) : []),
      runners: async () => [],
    },
    publish,
    people: { lookUp: async () => carol },
    names,
    log: new MemoryLog(),
    environments: [sampleEnvironment()],
    now: Date.now,
  });
  return { home, shown, published, failNext: () => void (failures = 1) };
}

test("a home in which nothing is new is not published again, however much happens elsewhere", async () => {
  const gate = atGate().active;
  const { home, shown, published } = homeOf([gate]);
  await home.opened(carol.userId);
  for (let round = 1; round <= 3; round += 1) {
    home.changed();
    await vi.advanceTimersByTimeAsync(aWhileMs);
  }
  expect(published).toHaveLength(1);

  shown.open = [];
  home.changed();
  await vi.advanceTimersByTimeAsync(aWhileMs);
  expect(published).toHaveLength(2);
  await home.opened(carol.userId);
  expect(published).toHaveLength(3);
});

test("what Slack did not take is published with the next change, although the home is the same then", async () => {
  const { home, shown, published, failNext } = homeOf([]);
  await home.opened(carol.userId);
  shown.open = [atGate().active];
  failNext();
  for (let round = 1; round <= 2; round += 1) {
    home.changed();
    await vi.advanceTimersByTimeAsync(aWhileMs);
  }
  expect(published).toHaveLength(2);
});

test("what waits longest is shown however many upgrades were opened since", async () => {
  const newer = new Story().must(request).upgrade;
  if (newer === undefined) throw new Error("nothing was asked for");
  const { home, published } = homeOf([...Array.from({ length: 120 }, () => newer), atGate().active]);
  await home.opened(carol.userId);
  expect(published[0]).toContain("ku_approve");
});
