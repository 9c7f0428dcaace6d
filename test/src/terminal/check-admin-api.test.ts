import { expect, test } from "vitest";
import { startAdminServer } from "#test/src/discovery/admin-server.ts";
import { kongUpgrade, useFolder } from "./command-line.ts";

useFolder();

test("an Admin API that does not tell its version is quoted", async () => {
  await using server = await startAdminServer(() => undefined, { token: { header: "Kong-Admin-Token", value: "x" } });
  const { stderr, exitCode } = await kongUpgrade(["check", "--to", "3.4.2", "--admin", server.url]);
  expect(stderr).toMatch(/nothing tells which version runs now: .*HTTP 401 .*token.*; say it with --from/u);
  expect(exitCode).toBe(2);
});

test("an Admin API is enough to look, with its token from a variable, and a refused token is no silence", async () => {
  const data: Readonly<Record<string, unknown>> = {
    "/": {
      version: "2.8.5",
      configuration: { database: "postgres", role: "traditional" },
      plugins: { available_on_server: { "key-auth": true } },
    },
    "/status": { database: { reachable: true } },
    "/routes?size=1000": { data: [{ id: "r1", name: "by-id", paths: [String.raw`/orders/\d+`] }], next: null },
  };
  await using server = await startAdminServer(
    (path) =>
      data[path] ?? (path.includes("?") && !path.startsWith("/workspaces") ? { data: [], next: null } : undefined),
    {
      token: { header: "Kong-Admin-Token", value: "sesame" },
    },
  );
  const words = ["check", "--to", "3.4.2", "--admin", server.url, "--token-env", "TOKEN"];
  const allowed = await kongUpgrade(words, { TOKEN: "sesame" });
  expect(allowed.stdout).toContain(String.raw`route by-id (r1)`);
  expect(allowed.stdout).toMatch(/WHAT IS THERE\n {2}version: 2\.8\.5 {2}\(kong: Admin API\)/u);
  expect(allowed.exitCode).toBe(1);
  const refused = await kongUpgrade([...words, "--from", "2.8.5"], { TOKEN: "wrong" });
  expect(refused.exitCode).toBe(2);
  expect(refused.stdout).toContain("admin_api.token");
  expect(`${allowed.stdout}${refused.stdout}`).not.toContain("sesame");
});
