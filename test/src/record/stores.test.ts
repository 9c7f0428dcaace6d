import { Client } from "pg";
import { expect, test } from "vitest";
import { openRecord } from "#src/record/record.ts";
import { createDatabase } from "#test/support/database.ts";

const id = "KU-2026-0001";

test("output chunks come back in order and page by page, and a repeated chunk is stored once", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const attempt = { upgradeId: id, stepId: "migrate-up", attempt: 1 } as const;
  await record.appendOutput(attempt, [
    { seq: 1, text: "one\n" },
    { seq: 2, text: "two \u0000\n" },
  ]);
  await record.appendOutput(attempt, [
    { seq: 2, text: "two again\n" },
    { seq: 3, text: "three\n" },
  ]);
  await record.appendOutput({ ...attempt, attempt: 2 }, [{ seq: 1, text: "other attempt" }]);

  const page = await record.readOutput(attempt, { afterSeq: 0, limit: 2 });
  expect(page.map(({ seq, text }) => [seq, text])).toEqual([
    [1, "one\n"],
    [2, "two \uFFFD\n"],
  ]);
  const rest = await record.readOutput(attempt, { afterSeq: 2, limit: 10 });
  expect(rest.map(({ text }) => text)).toEqual(["three\n"]);

  expect(await record.readOutputTail(attempt, 2)).toEqual(["two \uFFFD", "three"]);
  await record.appendOutput(attempt, [{ seq: 4, text: `${"x".repeat(10_000)}\nfour\n\n` }]);
  expect(await record.readOutputTail(attempt, 2)).toEqual(["four", ""]);
  expect((await record.readOutputTail(attempt, 9)).join("\n").length).toBeLessThan(4_100);
  expect(await record.readOutputTail({ ...attempt, attempt: 3 }, 2)).toEqual([]);
});

test("a post in Slack is remembered by upgrade and key, newest contents win", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const post = { upgradeId: id, key: "card", channel: "C0PRACTCE", contentDigest: "a", state: "sending" } as const;
  await record.savePost(post);
  await record.savePost({ ...post, ts: "1.2", contentDigest: "b", state: "sent" });
  await record.savePost({ ...post, key: "line-1", threadTs: "1.2" });

  expect(await record.loadPosts(id)).toEqual([
    { ...post, threadTs: undefined, ts: "1.2", contentDigest: "b", state: "sent" },
    { ...post, key: "line-1", threadTs: "1.2", ts: undefined },
  ]);
  expect([await record.countPosts(id), await record.countPosts("KU-2026-0999")]).toEqual([2, 0]);
});

test("a delivery is new once, for all replicas together", async () => {
  await using database = await createDatabase();
  await using first = await openRecord({ url: database.url });
  await using second = await openRecord({ url: database.url });

  const answers = await Promise.all([first, second, first, second].map((record) => record.isFirstDelivery("Ev1")));

  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await second.isFirstDelivery("Ev2")).toBe(true);
});

test("deliveries older than a day are forgotten", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    "insert into kong_upgrade.slack_inbox values ('old', now() - interval '25 hours'), ('new', now())",
  );
  await record.isFirstDelivery("another");
  const { rows } = await client.query("select dedup_key from kong_upgrade.slack_inbox order by 1");
  await client.end();

  expect(rows).toEqual([{ dedup_key: "another" }, { dedup_key: "new" }]);
});
