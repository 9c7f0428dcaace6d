import { existsSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Transport } from "#src/plan/transport.ts";
import { createFrameReader } from "#src/run/transports/frames.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import { usualWaits } from "#src/run/transports/waits.ts";
import { createFolder } from "#test/src/run/stage.ts";
import { shellThere } from "./remote-call.ts";

/** What is waited for here never comes. */
const impatient = { ...usualWaits, lastOutputMs: 200 };

/** A container whose shell is replaced by a script: it has the mark of the conversation in $M, and what is asked in $asked. */
async function hostile(answer: string): Promise<AsyncDisposable & { readonly path: string; readonly via: Transport }> {
  const folder = await createFolder();
  const docker = `${folder.path}/docker`;
  const lines = [
    "#!/bin/sh",
    "script=$(cat)",
    `M=$(printf '%s' "$script" | sed -n "s/^M='\\\\([^']*\\\\)'.*/\\\\1/p")`,
    `asked=$(printf '%s\\n' "$script" | tail -n 3 | head -n 1)`,
    answer,
  ];
  await writeFile(docker, `${lines.join("\n")}\n`);
  await chmod(docker, 0o755);
  return {
    path: folder.path,
    via: { kind: "docker", docker, container: "kong", stateDir: "/tmp" },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test.each([
  ["with noise", "yes noise"],
  ["with a word that has no end", `printf '%s' "$M"; yes | tr -d '\\n'`],
  ["with words that mean nothing", `while printf '%sz %s\\n' "$M" '$(touch begun)'; do :; done`],
])(
  "T38: a target that answers %s for ever is left at the time limit, and nothing of it is output",
  async (_, flood) => {
    await using target = await hostile(`[ "$asked" = ku_end ] && { printf '%sk alive\\n' "$M"; exit; }\n${flood}`);
    await using transports = openTransports({ PATH: "/usr/bin:/bin" }, impatient);
    const { end, stdout, stderr } = await shellThere(transports, target.via, "true", { timeoutMs: 400 });
    expect(end).toStrictEqual({ kind: "timed_out", isGroupGone: false });
    expect(Buffer.concat([stdout, stderr]).toString()).toBe("");
  },
);

test("T38: what a target says of an end that cannot be is no end, and nothing in it is started", async () => {
  await using target = await hostile(
    `cd "$(dirname "$0")"; [ "$asked" = ku_end ] && { printf '%sk gone\\n' "$M"; exit; }\nprintf '%sq $(touch begun); touch begun\\n%sx 3;touch begun\\n' "$M" "$M"`,
  );
  await using transports = openTransports({ PATH: "/usr/bin:/bin" }, impatient);
  const { end } = await shellThere(transports, target.via, "true", { timeoutMs: 1_000 });
  expect(end).toStrictEqual({ kind: "timed_out", isGroupGone: true });
  expect(existsSync(`${target.path}/begun`)).toBe(false);
});

test("T38: an endless word is cut, and what follows is noise", () => {
  const reader = createFrameReader("@@");
  const frames = [
    ...reader.push(Buffer.from(`@@${"w".repeat(5_000_000)}`)),
    ...reader.push(Buffer.from("w".repeat(100))),
  ];
  expect(frames.filter(({ kind }) => kind === "word")).toEqual([{ kind: "word", text: "w".repeat(1_000) }]);
  expect(frames.filter(({ kind }) => kind === "stdout" || kind === "stderr")).toEqual([]);
});
