import { expect, test } from "vitest";
import { Turns } from "#src/serve/turns.ts";
import { waitUntil } from "#test/support/wait-until.ts";

/** Work that ends when the test says so. */
function gatedWork() {
  const started: string[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const failures: string[] = [];
  const turns = new Turns<string>(
    async (key) => {
      started.push(key);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
    },
    (key, thrown) => failures.push(`${key}: ${String(thrown)}`),
  );
  return { turns, started, gates, failures };
}

test("one key is worked on once at a time, and asking meanwhile means once more, however often", async () => {
  const { turns, started, gates } = gatedWork();
  for (let asked = 0; asked < 5; asked += 1) turns.ask("a");
  expect(started).toEqual(["a"]);

  gates[0]?.resolve();
  await waitUntil("the second turn", () => started.length === 2);
  gates[1]?.resolve();
  await turns.stop();

  expect(started).toEqual(["a", "a"]);
});

test("of very many keys a few are worked on at once, so that people's requests find a connection; each has its turn", async () => {
  const { turns, started, gates } = gatedWork();
  const keys = Array.from({ length: 40 }, (_, index) => String(index));
  for (const key of keys) turns.ask(key);
  const atOnce = started.length;
  expect(atOnce).toBeLessThanOrEqual(6);
  for (let ended = 0; ended < keys.length; ended += 1) {
    await waitUntil(`turn ${ended}`, () => gates[ended]);
    expect(started.length).toBeLessThanOrEqual(ended + atOnce);
    gates[ended]?.resolve();
  }
  await turns.stop();
  expect(started).toEqual(keys);
});

test("different keys do not wait for each other", async () => {
  const { turns, started, gates } = gatedWork();
  turns.ask("a");
  turns.ask("b");
  expect(started).toEqual(["a", "b"]);
  for (const gate of gates) gate.resolve();
  await turns.stop();
});

test("a failure is handed over, and the next ask tries again", async () => {
  const { turns, started, gates, failures } = gatedWork();
  turns.ask("a");
  gates[0]?.reject(new Error("no"));
  await waitUntil("the failure", () => failures.length === 1);
  turns.ask("a");
  await waitUntil("the second try", () => started.length === 2);
  gates[1]?.resolve();
  await turns.stop();
  expect(failures).toEqual(["a: Error: no"]);
});

test("stopping waits for what is under way and takes nothing more", async () => {
  const { turns, started, gates } = gatedWork();
  turns.ask("a");
  turns.ask("a");
  let isStopped = false;
  const stopping = turns.stop().then(() => (isStopped = true));
  turns.ask("b");
  expect(isStopped).toBe(false);
  gates[0]?.resolve();
  await stopping;
  expect(started).toEqual(["a"]);
});
