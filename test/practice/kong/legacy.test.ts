import { expect, test } from "vitest";
import { openKongWorld } from "./support/kong-world.ts";

test("the stand-in for an old Kong starts, is healthy and stops, and knows no migrations", async () => {
  await using world = await openKongWorld();
  const kong = (...words: readonly string[]) => world.kong("1.5.1", ["kong", ...words]);
  expect(await kong("version")).toMatchObject({ stdout: "1.5.1\n", exitCode: 0 });
  expect(await kong("start")).toMatchObject({ stdout: "Kong started\n", exitCode: 0 });
  expect((await kong("health")).stdout).toMatch(/^nginx\.+running\n/);
  expect(await kong("stop")).toMatchObject({ stdout: "Kong stopped\n", exitCode: 0 });
  expect((await kong("migrations", "list")).stderr).toMatch(/^No such command: migrations\n/);
});
