import { inspect } from "node:util";
import { Secret } from "otpauth";
import { expect, test } from "vitest";
import { z } from "zod";
import { erin, frank, keysOf, keyText, newerKeyText, openStage, stepMs } from "./stage.ts";
import type { Stage } from "./stage.ts";

const rowsSchema = z.array(z.object({ key: z.string(), secret: z.instanceof(Buffer), text: z.string() }));

async function storedOf(stage: Stage, identity: string): Promise<z.output<typeof rowsSchema>[number]> {
  const answer = await stage.pool.query(
    `select enrolled_key_id as key, enrolled_secret as secret, step_up::text as text
     from kong_upgrade.step_up where identity = $1`,
    [identity],
  );
  const [row] = rowsSchema.parse(answer.rows);
  if (row === undefined) throw new Error("no row");
  return row;
}

test("T34: the secret is not in the database, neither as bytes nor in base32", async () => {
  await using stage = await openStage();
  const pending = await stage.begun(erin);
  const hex = Secret.fromBase32(pending.secret).hex.toLowerCase();
  const before = await stage.pool.query("select step_up::text as text from kong_upgrade.step_up");
  await stage.stepUp.confirm(erin, pending.code());
  const { text, secret } = await storedOf(stage, erin);

  // 12 bytes of nonce, 20 of the secret, 16 of the tag.
  expect(secret).toHaveLength(48);
  for (const stored of [text, inspect(before.rows)]) {
    expect(stored).toContain(erin);
    expect(stored.toLowerCase()).not.toContain(hex);
    expect(stored).not.toContain(pending.secret);
  }
});

test("a secret that was put into another person's row opens nothing there", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  await stage.enrolled(frank);
  await stage.pool.query(
    `update kong_upgrade.step_up set enrolled_secret = mine.enrolled_secret
     from kong_upgrade.step_up as mine where mine.identity = $1 and step_up.identity = $2`,
    [erin, frank],
  );

  await expect(stage.stepUp.verify(frank, app.code())).rejects.toMatchObject({
    code: "record_invalid",
    message: expect.stringContaining(frank),
  });
  expect(await stage.stepUp.verify(erin, app.code())).toEqual({ outcome: "accepted" });
});

test("a secret that was changed in any part, or cut, is refused until it is restored", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  const { secret } = await storedOf(stage, erin);
  const put = (bytes: Buffer): Promise<unknown> =>
    stage.pool.query("update kong_upgrade.step_up set enrolled_secret = $1", [bytes]);
  const flipped = Array.from(secret, (byte, place) =>
    Buffer.concat([secret.subarray(0, place), Buffer.from([byte ^ 1]), secret.subarray(place + 1)]),
  );

  for (const changed of [...flipped, ...[0, 1, 12, 27, 28, 47].map((length) => secret.subarray(0, length))]) {
    await put(changed);
    await expect(stage.stepUp.verify(erin, app.code())).rejects.toMatchObject({ code: "record_invalid" });
  }
  await put(secret);
  expect(await stage.stepUp.verify(erin, app.code())).toEqual({ outcome: "accepted" });
});

test("after a rotation the older key still reads, and a right code encrypts with the newer one", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  const before = await storedOf(stage, erin);
  const both = stage.withKeys(await keysOf(newerKeyText, keyText));
  const newer = await keysOf(newerKeyText);

  expect(await both.verify(erin, app.wrongCode())).toMatchObject({ outcome: "wrong_code" });
  expect(await storedOf(stage, erin)).toMatchObject({ key: before.key });
  expect(await both.verify(erin, app.code())).toEqual({ outcome: "accepted" });

  const after = await storedOf(stage, erin);
  expect(after.key).toBe(newer[0].id);
  expect(after.secret.equals(before.secret)).toBe(false);
  expect(await stage.withKeys(newer).verify(erin, app.code(1))).toEqual({ outcome: "accepted" });
});

test("an enrolment that was begun under the older key is confirmed under the newer one", async () => {
  await using stage = await openStage();
  const app = await stage.begun(erin);
  const newer = await keysOf(newerKeyText);

  expect(await stage.withKeys(await keysOf(newerKeyText, keyText)).confirm(erin, app.code())).toEqual({
    outcome: "accepted",
  });
  expect(await storedOf(stage, erin)).toMatchObject({ key: newer[0].id });
});

test("a replica without the key says so, and counts no wrong code", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  const stranger = stage.withKeys(await keysOf(newerKeyText));

  const failed: unknown = await stranger.verify(erin, app.code()).catch((cause: unknown) => cause);

  expect(failed).toMatchObject({
    code: "config_invalid",
    message: expect.stringContaining("KONG_UPGRADE_STEP_UP_KEY"),
  });
  expect(inspect(failed)).not.toContain(app.code());
  expect(await stage.stepUp.verify(erin, app.wrongCode())).toEqual({ outcome: "wrong_code", attemptsLeft: 4 });
});

test("every encryption has a nonce of its own", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  const nonces = [(await storedOf(stage, erin)).secret.subarray(0, 12).toString("hex")];
  const keys = [await keysOf(newerKeyText, keyText), await keysOf(keyText, newerKeyText)];
  for (const changed of [...keys, ...keys]) {
    await stage.withKeys(changed).verify(erin, app.code());
    stage.pass(stepMs);
    nonces.push((await storedOf(stage, erin)).secret.subarray(0, 12).toString("hex"));
  }

  expect(new Set(nonces).size).toBe(5);
});
