import { existsSync } from "node:fs";
import { chmod, readFile, readdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transport } from "#src/plan/transport.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import type { Transports } from "#src/run/transports/transports.ts";
import { createFolder } from "#test/src/run/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { newName, shellThere } from "./remote-call.ts";

// Programs that stand in for docker and kubectl: neither a daemon nor a cluster is on a test machine.
const standIn = fileURLToPath(new URL("../fixtures/exec-stand-in.ts", import.meta.url));

describe("by stand-ins of docker exec and kubectl exec", () => {
  let folder: Awaited<ReturnType<typeof createFolder>>;
  let transports: Transports;
  let docker: Extract<Transport, { readonly kind: "docker" }>;
  let kubectl: Extract<Transport, { readonly kind: "kubectl" }>;
  beforeAll(async () => {
    folder = await createFolder();
    for (const name of ["docker", "kubectl"]) {
      await writeFile(`${folder.path}/${name}`, `#!/bin/sh\nexec '${process.execPath}' '${standIn}' ${name} "$@"\n`);
      await chmod(`${folder.path}/${name}`, 0o755);
    }
    transports = openTransports({ PATH: `${folder.path}:/usr/bin:/bin`, STAND_IN: folder.path });
    const stateDir = `${folder.path}/state`;
    docker = { kind: "docker", docker: "docker", container: "kong", stateDir };
    kubectl = { kind: "kubectl", kubectl: "kubectl", context: "prod", namespace: "gateway", pod: "kong-a", stateDir };
  });
  afterAll(async () => {
    await transports[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  const places = (): readonly Transport[] => [
    docker,
    { ...docker, user: "kong" },
    kubectl,
    { ...kubectl, container: "proxy" },
  ];

  test("exit status, output, own variables and those of the container arrive", async () => {
    for (const via of places()) {
      const script = "echo $GIVEN $KONG_FROM_IMAGE; echo err >&2; exit 3";
      const { end, stdout, stderr } = await shellThere(transports, via, script, { env: { GIVEN: "it's" } });
      expect({ end, stdout: stdout.toString(), stderr: stderr.toString() }).toStrictEqual({
        end: { kind: "exited", exitCode: 3 },
        stdout: `it's ${via.kind === "docker" ? "kong" : "kong-a"}\n`,
        stderr: "err\n",
      });
    }
  });

  test("a killed client loses no line, and at the time limit the group goes", async () => {
    for (const via of [docker, kubectl]) {
      const chunks: Uint8Array[] = [];
      const name = newName();
      const ending = transports.run(via, {
        name,
        argv: ["/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.2; done; sleep 60"],
        env: {},
        timeoutMs: 10_000,
        onOutput: async (_, bytes) => {
          chunks.push(Buffer.from(bytes));
        },
      });
      await waitUntil("some output", () => chunks.length > 2);
      for (const pid of await clients()) process.kill(pid, "SIGKILL");
      expect(await ending).toStrictEqual({ kind: "timed_out", isGroupGone: true });
      expect(Buffer.concat(chunks).toString()).toBe("1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    }
  });

  test("a workload leads to none but its own pods: every condition of its selector counts, and whose they are", async () => {
    const pinned = await transports.pin({ ...kubectl, pod: "deployment/api" });
    expect(pinned).toStrictEqual({ ok: true, value: { ...kubectl, pod: "api-5d4f-x" } });
  });

  test("a workload leads to one of its running pods, and a command is found in whichever pod it ran", async () => {
    const workload: Transport = { ...kubectl, pod: "deployment/kong" };
    const pinned = await transports.pin(workload);
    expect(pinned).toStrictEqual({ ok: true, value: kubectl });
    const name = newName();
    await shellThere(transports, { ...kubectl, pod: "kong-b" }, "exit 8", { name });
    expect(await transports.look(workload, name)).toStrictEqual({ kind: "ended", status: "8" });
    expect(await transports.pin({ ...kubectl, pod: "statefulset/other" })).toMatchObject({
      ok: false,
      problem: expect.stringContaining("not found"),
    });
    const calls = (await readFile(`${folder.path}/calls`, "utf8"))
      .split("\n")
      .filter((line) => line.startsWith("kubectl"));
    expect(calls.every((line) => /^kubectl --context \S+ --namespace gateway /u.test(line))).toBe(true);
  });

  test("what is not there starts nothing, and what to do is said", async () => {
    const never = `${folder.path}/never`;
    const refusals: readonly (readonly [Transport, string])[] = [
      [{ ...docker, container: "other" }, "the container has to run"],
      [{ ...docker, docker: "/nonexistent/docker" }, "cannot be started on this runner"],
      [{ ...kubectl, pod: "kong-9" }, "is not there"],
      [{ ...kubectl, context: "nowhere" }, "does not know that context"],
    ];
    for (const [via, sentence] of refusals) {
      const { end } = await shellThere(transports, via, `echo > ${never}`);
      expect(end).toMatchObject({ kind: "not_started", problem: expect.stringContaining(sentence) });
    }
    expect(existsSync(never)).toBe(false);
  });

  async function clients(): Promise<readonly number[]> {
    const names = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
    const found = await Promise.all(
      names.map(async (name) => {
        const environment = await readFile(`/proc/${name}/environ`, "utf8").catch(() => "");
        return environment.includes(`STAND_IN=${folder.path}\0`) ? [Number(name)] : [];
      }),
    );
    return found.flat();
  }
});
