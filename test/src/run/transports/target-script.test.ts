import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { expect, test } from "vitest";
import { createFrameReader, type Frame } from "#src/run/transports/frames.ts";
import { attachScript, cleanScript, endScript, launchScript, stateScript } from "#src/run/transports/target-script.ts";
import { createFolder } from "#test/src/run/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const shells = await Promise.all(
  ["dash", "bash", "busybox"].map(async (program) => {
    const words = program === "busybox" ? ["sh"] : [];
    const { exitCode } = await execa(program, [...words, "-c", "exit 0"], { reject: false, stdin: "ignore" });
    return exitCode === 0 ? [[program, ...words]] : [];
  }),
).then((found) => found.flat());

const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

async function answer([program = "", ...words]: readonly string[], script: string): Promise<readonly string[]> {
  const { stdout } = await execa(program, words, {
    input: script,
    env,
    extendEnv: false,
    timeout: 120_000,
    encoding: "buffer",
    stripFinalNewline: false,
  });
  return told(createFrameReader("@").push(stdout));
}

/**
 * A line for each thing said. What was printed arrives in as many pieces as it was read in, which is nobody's promise, so the
 * pieces between two words are put together: `@o…` and its further lines, then `@e…`.
 */
function told(frames: readonly Frame[]): readonly string[] {
  const printed = { stdout: "", stderr: "", noise: "" };
  const lines: string[] = [];
  const flush = (): void => {
    if (printed.stdout !== "") lines.push(...`@o${printed.stdout}`.trimEnd().split("\n"));
    if (printed.stderr !== "") lines.push(...`@e${printed.stderr}`.trimEnd().split("\n"));
    if (printed.noise !== "") lines.push(...printed.noise.trimEnd().split("\n"));
    Object.assign(printed, { stdout: "", stderr: "", noise: "" });
  };
  for (const frame of frames) {
    if (frame.kind !== "word") printed[frame.kind] += Buffer.from(frame.bytes).toString();
    else if (frame.text !== ".") {
      flush();
      lines.push(`@${frame.text}`);
    }
  }
  flush();
  return lines;
}

for (const shell of shells) {
  const named = shell.join(" ");
  const visitTo = (folder: string, name = "one") => ({ mark: "@", stateDir: `${folder}/states`, name });

  test(`${named}: a command is started once, and what became of it is found again`, async () => {
    await using folder = await createFolder();
    const visit = visitTo(folder.path);
    const call = { argv: ["/bin/sh", "-c", "echo out $GIVEN; echo err >&2; exit 7"], env: { GIVEN: "it's" } };
    expect(await answer(shell, stateScript(visit))).toStrictEqual(["@s none"]);
    const ran = await answer(shell, launchScript(visit, call, []));
    expect(ran).toStrictEqual([expect.stringMatching(/^@p \d+$/u), "@oout it's", "@eerr", "@x 7"]);
    expect(await answer(shell, launchScript(visit, call, []))).toStrictEqual(["@n again"]);
    expect(await answer(shell, stateScript(visit))).toStrictEqual(["@s ended 7"]);
    expect(await answer(shell, attachScript(visit, { stdout: 4, stderr: 0 }))).toStrictEqual([
      expect.stringMatching(/^@p \d+$/u),
      "@oit's",
      "@eerr",
      "@x 7",
    ]);
    await answer(shell, cleanScript(visit, ["one"]));
    expect(await readdir(`${folder.path}/states`)).toStrictEqual([]);
  });

  test(`${named}: a shell that stays serves one command after the other, and none sees anything of the one before`, async () => {
    await using folder = await createFolder();
    const script = 'echo "${GIVEN-none}"; pwd; grep SigIgn /proc/self/status';
    const scripts = (["lasts", "lasted", "lasted"] as const).map((kind, index) =>
      launchScript(
        { ...visitTo(folder.path, `n${index}`), shell: kind },
        { argv: ["/bin/sh", "-c", `${script}; exit ${index}`], env: index === 0 ? { GIVEN: "secret" } : {} },
        index === 0 ? [] : [`n${index - 1}`],
      ),
    );
    const said = await answer(shell, `${scripts.join("")}set | grep -c secret; exit 0\n`);
    const begun = expect.stringMatching(/^@p \d+$/u);
    const nothingIgnored = expect.stringMatching(/^SigIgn:\t0{13}[0-9a-f]{3}$/u);
    const one = (given: string, index: number) => [begun, `@o${given}`, "/", nothingIgnored, `@x ${index}`];
    expect(said).toStrictEqual([...one("secret", 0), ...one("none", 1), ...one("none", 2), "0"]);
    await waitUntil("n0 and n1 to be gone", async () => (await readdir(`${folder.path}/states`)).join(" ") === "n2");
  });

  test(`${named}: a command that is looked for before it begins never begins`, async () => {
    await using folder = await createFolder();
    const call = { argv: ["/usr/bin/touch", `${folder.path}/begun`], env: {} };
    for (const [index, first] of [attachScript, endScript].entries()) {
      const visit = visitTo(folder.path, `n${index}`);
      await answer(shell, first(visit, { stdout: 0, stderr: 0 }));
      expect(await answer(shell, launchScript(visit, call, []))).toStrictEqual(["@n again"]);
    }
    expect(existsSync(`${folder.path}/begun`)).toBe(false);
  });

  test(`${named}: a script that was cut off on its way does nothing`, async () => {
    await using folder = await createFolder();
    const visit = visitTo(folder.path);
    const whole = launchScript(visit, { argv: ["/usr/bin/touch", `${folder.path}/begun`, "last"], env: {} }, ["old"]);
    const cuts = [whole.length - 2, whole.length - 3, whole.indexOf("'last'"), whole.lastIndexOf("ku_launch"), 900, 10];
    for (const cut of cuts) {
      const [program = "", ...words] = shell;
      await execa(program, words, { input: whole.slice(0, cut), reject: false, timeout: 120_000 });
    }
    expect(await readdir(folder.path)).toStrictEqual([]);
  });

  test(`${named}: the end of a command whose keeper was killed is not known, and that is said`, async () => {
    await using folder = await createFolder();
    const visit = visitTo(folder.path);
    const [noted, go] = [`${folder.path}/keeper`, `${folder.path}/go`];
    const waiting = `echo begun; echo $PPID > ${noted}; until [ -f ${go} ]; do sleep 0.1; done`;
    const call = { argv: ["/bin/sh", "-c", waiting], env: {} };
    const ending = answer(shell, launchScript(visit, call, []));
    const keeper = await waitUntil("the command to begin", async () => {
      const text = await readFile(noted, "utf8").catch(() => "");
      return text.endsWith("\n") && Number(text);
    });
    process.kill(keeper, "SIGKILL");
    await writeFile(go, "");
    expect(await ending).toStrictEqual([expect.stringMatching(/^@p \d+$/u), "@obegun", "@l status"]);
    expect(await answer(shell, stateScript(visit))).toStrictEqual(["@s lost status"]);
  });

  test(`${named}: output that nobody receives stays small on the disk, and what is left out is said`, async () => {
    await using folder = await createFolder();
    const visit = { ...visitTo(folder.path), keptKb: 64 };
    const [state, go] = [`${folder.path}/states/one`, `${folder.path}/go`];
    const printing = `head -c 1000000 /dev/zero | tr '\\0' x; until [ -f ${go} ]; do sleep 0.1; done; echo last`;
    const [program = "", ...words] = shell;
    const input = launchScript(visit, { argv: ["/bin/sh", "-c", printing], env: {} }, []);
    const gone = execa(program, words, { input, env, extendEnv: false, reject: false, buffer: false });
    gone.stdout.destroy();
    await waitUntil("the file to begin anew", async () => existsSync(`${state}/off.o.1000000`));
    await waitUntil("the file to be small", async () => (await stat(`${state}/o`)).size === 0);
    await writeFile(go, "");
    expect(await answer(shell, attachScript(visit, { stdout: 10, stderr: 0 }))).toStrictEqual([
      expect.stringMatching(/^@p \d+$/u),
      "@c o 999990",
      "@olast",
      "@x 0",
    ]);
    await gone;
  });

  test(`${named}: state directories stay few, and those of commands that may still run stay`, async () => {
    await using folder = await createFolder();
    const root = `${folder.path}/states`;
    await mkdir(root, { mode: 0o700 });
    for (let index = 0; index < 70; index += 1) {
      await mkdir(`${root}/old${index}`);
      await writeFile(`${root}/old${index}/${index % 2 === 0 ? "ended.0" : "run.999999999.1"}`, "");
    }
    await answer(shell, launchScript(visitTo(folder.path), { argv: ["true"], env: {} }, ["old0", "old1"]));
    const left = await waitUntil("old0 to be gone", async () => {
      const names = await readdir(root);
      return !names.includes("old0") && names;
    });
    expect(left.filter((name) => /^old\d*[13579]$/u.test(name))).toHaveLength(35);
    expect(left.length).toBeLessThanOrEqual(65);
  });

  test(`${named}: a folder that is not the account's own is not used`, async () => {
    await using folder = await createFolder();
    const real = `${folder.path}/real`;
    await mkdir(real);
    await execa("ln", ["-s", real, `${folder.path}/states`]);
    expect(await answer(shell, launchScript(visitTo(folder.path), { argv: ["true"], env: {} }, []))).toStrictEqual([
      "@n root",
    ]);
    expect(await readdir(real)).toStrictEqual([]);
  });
}
