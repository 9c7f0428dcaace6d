import { Client } from "pg";
import { expect, test } from "vitest";
import { campaign } from "#src/record/leadership.ts";
import type { Leadership } from "#src/record/leadership.ts";
import { createDatabase } from "#test/support/database.ts";
import { waitUntil } from "#test/support/wait-until.ts";

interface Candidate extends AsyncDisposable {
  readonly leadership: Leadership;
  readonly heard: string[];
}

function stand(url: string, name = "slack"): Candidate {
  const heard: string[] = [];
  const leadership = campaign(url, name, {
    onElected: () => heard.push("elected"),
    onDeposed: () => heard.push("deposed"),
    onTrouble: () => heard.push("trouble"),
  });
  return { leadership, heard, [Symbol.asyncDispose]: () => leadership[Symbol.asyncDispose]() };
}

const leads = ({ leadership }: Candidate): boolean => leadership.isLeader();

test("one of several leads, and when it goes another takes over", async () => {
  await using database = await createDatabase();
  const candidates = [stand(database.url), stand(database.url), stand(database.url)];
  await using stack = new AsyncDisposableStack();
  for (const candidate of candidates) stack.use(candidate);

  const first = await waitUntil("a leader", () => candidates.find(leads));
  await first[Symbol.asyncDispose]();
  expect(first.heard).toEqual(["elected", "deposed"]);

  const others = candidates.filter((candidate) => candidate !== first);
  const second = await waitUntil("the next leader", () => others.find(leads));
  expect(candidates.filter(leads)).toEqual([second]);
});

test("a leader whose connection is killed knows it, and at no time two of them lead", async () => {
  await using database = await createDatabase();
  await using one = stand(database.url);
  await using two = stand(database.url);
  const first = await waitUntil("a leader", () => [one, two].find(leads));

  await killHolder(database.url);
  let together = 0;
  await waitUntil("the fall", () => {
    if (leads(one) && leads(two)) together += 1;
    return first.heard.includes("deposed");
  });
  await waitUntil("a leader again", () => {
    if (leads(one) && leads(two)) together += 1;
    return leads(one) || leads(two);
  });

  expect(together).toBe(0);
  expect(first.heard.slice(0, 3)).toEqual(["elected", "trouble", "deposed"]);
});

test("leaders of different matters do not hinder each other", async () => {
  await using database = await createDatabase();
  await using one = stand(database.url, "slack");
  await using two = stand(database.url, "reminders");
  await waitUntil("both", () => leads(one) && leads(two));
  expect([one.heard, two.heard]).toEqual([["elected"], ["elected"]]);
});

test("a database that is away is tried again until the campaign ends", async () => {
  await using database = await createDatabase();
  const nowhere = new URL(database.url);
  nowhere.port = "1";
  const candidate = stand(nowhere.href);
  await waitUntil("the trouble", () => candidate.heard.includes("trouble"));
  await candidate[Symbol.asyncDispose]();
  expect(candidate.heard).not.toContain("elected");
});

async function killHolder(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
     and database = (select oid from pg_database where datname = current_database())`,
  );
  await client.end();
  expect(rowCount).toBe(1);
}
