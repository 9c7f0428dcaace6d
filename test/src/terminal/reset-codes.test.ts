import { expect, test } from "vitest";
import { erin, openStage } from "#test/src/step-up/stage.ts";
import { kongUpgrade, useFolder } from "./command-line.ts";

useFolder();

test("an operator at the machine of the bot takes lost codes away; that is logged with who did it, and needs no key", async () => {
  await using codes = await openStage();
  const human = "erin@example.com";
  const app = await codes.enrolled(human);
  expect(await codes.stepUp.stateOf(human)).toMatchObject({ state: "enrolled" });

  const ran = await kongUpgrade(["totp-reset", human], { DATABASE_URL: codes.url });

  expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("They enrol again") });
  expect(ran.stderr).toContain(`"human":"${human}"`);
  expect(ran.stderr).toMatch(/"by":"[^"]+@[^"]+"/u);
  expect(ran.stderr).not.toContain(app.secret);
  expect(await codes.stepUp.stateOf(human)).toMatchObject({ state: "none", reset: { by: expect.any(String) } });
  expect(await codes.stepUp.verify(human, app.code())).toEqual({ outcome: "not_enrolled" });
  expect(await kongUpgrade(["totp-reset", human], { DATABASE_URL: codes.url })).toMatchObject({ exitCode: 1 });
});

test.each([[[]], [["Erin Evans"]], [["a", "b"]], [[erin]]])("names what it needs: totp-reset %j", async (words) => {
  const ran = await kongUpgrade(["totp-reset", ...words], { DATABASE_URL: "postgres://nowhere.invalid/x" });
  expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("usage: kong-upgrade totp-reset HUMAN") });
});
