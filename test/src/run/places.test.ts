import { chmod, mkdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readHost } from "#src/discovery/host.ts";
import { readCliVersion } from "#src/discovery/kong-cli.ts";
import { proofOf } from "#src/plan/hook-of.ts";
import { hookCommands } from "#src/plan/steps/hook-command.ts";
import { permittedPorts } from "#src/run/permitted-ports.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import type { Transports } from "#src/run/transports/transports.ts";
import { contextOf, nodeWith, nowhere } from "./probe-context.ts";
import { setStage } from "./runner-stage.ts";
import { createEnvironment, createStep, shell } from "./stage.ts";
import { hasSshServer, startSshServer } from "./transports/ssh-server.ts";
import type { SshServer } from "./transports/ssh-server.ts";

const baseEnv = { PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8", TZ: "UTC" };

if (!hasSshServer)
  test("sshd is installed; without it nodes elsewhere are NOT tested", (context) => {
    expect(process.env["CI"]).not.toBe("true");
    context.skip("nodes elsewhere were NOT tested: apt-get install openssh-server openssh-client");
  });

describe.runIf(hasSshServer)("a node that is reached by ssh", () => {
  let server: SshServer;
  let transports: Transports;
  let home: string;
  beforeAll(async () => {
    server = await startSshServer();
    transports = openTransports(baseEnv);
    home = `${server.folder}/kong it's`;
    await mkdir(home);
    await writeFile(`${home}/kong`, `#!/bin/sh\n[ "$KONG_PG_PASSWORD" = "s'ecret" ] && echo 3.4.2\n`);
    await chmod(`${home}/kong`, 0o755);
    await writeFile(`${home}/kong.conf`, "pg_host = db\n");
    await writeFile(`${home}/empty`, "");
  });
  afterAll(async () => {
    await transports[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const look = () => {
    const node = nodeWith({
      kong: `${home}/kong`,
      conf: `${home}/kong.conf`,
      transport: server.transport,
      secrets: { KONG_PG_PASSWORD: { env: "NODE_PASSWORD" } },
    });
    const { database: _, ...environment } = createEnvironment(nowhere, { nodes: [node] });
    const resolveSecret = async (): Promise<string> => "s'ecret";
    const ports = permittedPorts({ resolveSecret, baseEnv, permits: {}, transports }, environment);
    return { node, environment, ports, context: { ...contextOf(environment), ports } };
  };

  test("its files, its program and its operating system are looked at where it is", async () => {
    const { node, environment, ports, context } = look();
    const probe = (...paths: readonly string[]) => askProbe({ kind: "files_present", paths, node: node.name }, context);
    expect(await probe(node.conf, home)).toMatchObject({ verdict: "ok" });
    expect(await probe(node.conf, `${home}/empty`, `${home}/none`)).toMatchObject({
      verdict: "not_ok",
      details: [expect.stringContaining("empty is not there, or is empty (ssh "), expect.stringContaining("none")],
    });
    expect(await ports.readText(node.conf, 1_000, node.transport)).toBe("pg_host = db");
    await expect(ports.readText(`${home}/none`, 1_000, node.transport)).rejects.toThrow(
      /none cannot be read by ssh .*No such/u,
    );
    expect(await readCliVersion(environment, node, ports)).toBe("3.4.2");
    expect((await readHost(ports, node.transport)).os).not.toBe("");
  });

  test("whether a hook is done is asked where the hook runs", async () => {
    const { node, environment, context } = look();
    const permits = { file: "/etc/runner.yml", programs: ["/bin/sh"] };
    const ports = permittedPorts({ resolveSecret: async () => "", baseEnv, permits, transports }, environment);
    const probe = { argv: ["/bin/sh", "-c", 'test -n "$SSH_CONNECTION" || exit 1'], timeoutMs: 20_000 };
    const asked = async (where: { readonly on?: "node" }) => {
      const hook = { argv: ["/bin/sh", "-c", "true {node}"], timeoutMs: 1_000, probe, ...where };
      const versions = { version: "3.4.2", from: "2.8.5" };
      const commands = hookCommands(hook, { environment, nodes: [node.name] }, versions);
      const proof = proofOf({ proof: [], action: { kind: "commands", commands } });
      return Promise.all(proof.map((each) => askProbe(each, { ...context, ports })));
    };
    expect(await asked({ on: "node" })).toMatchObject([{ kind: "hook_done", verdict: "ok" }]);
    expect(await asked({})).toMatchObject([{ kind: "hook_done", verdict: "not_ok" }]);
  });

  test("T36: nothing is looked at there where the runner's own file does not allow the transport", async () => {
    const { node, environment } = look();
    const permits = { file: "/etc/runner.yml", transports: ["local"] as const };
    const ports = permittedPorts({ resolveSecret: async () => "", baseEnv, permits, transports }, environment);
    await expect(ports.readText(node.conf, 1_000, node.transport)).rejects.toThrow("does not allow the transport ssh");
    await expect(readCliVersion(environment, node, ports)).rejects.toThrow("does not allow the transport ssh");
  });

  test("a step is done there when the proof that looks there says so, and its lines tell where it ran", async () => {
    const via = server.transport;
    await using stage = await setStage(
      () => [
        createStep({
          action: {
            kind: "commands",
            commands: [shell(`echo "made it" | tee '${server.folder}/made'`, { target: "kong-1", via })],
          },
          proof: [{ kind: "files_present", paths: [`${server.folder}/made`], node: "kong-1" }],
        }),
      ],
      { nodes: [nodeWith({ transport: via })] },
    );
    await stage.start({ permits: { programs: ["/bin/sh", "test"], transports: ["ssh"] } });
    const done = await stage.until("work", "done");
    expect(JSON.stringify(done)).toContain("present (ssh ");
    const attempt = { upgradeId: stage.id, stepId: "work", attempt: 1 };
    const text = (await stage.record.readOutput(attempt, { afterSeq: 0, limit: 100 }))
      .map((chunk) => chunk.text)
      .join("");
    expect(text).toMatch(/^\[kong-1 over ssh\] \$ \/bin\/sh -c [^]*\nmade it\n/u);
  });

  test("where nobody can be reached nothing is said about its files", async () => {
    const { node, context } = look();
    const transport = { ...server.transport, port: 1 };
    const elsewhere = { ...context.environment, nodes: [{ ...node, transport }] };
    const probe = { kind: "files_present", paths: [node.conf], node: node.name } as const;
    expect(await askProbe(probe, { ...context, environment: elsewhere })).toMatchObject({ verdict: "undetermined" });
  });
});
