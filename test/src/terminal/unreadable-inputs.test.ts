import { chmod, rm } from "node:fs/promises";
import { execa } from "execa";
import { expect, test } from "vitest";
import { clean, file, hop, inFolder, kongUpgrade, old, useFolder } from "./command-line.ts";

useFolder();

test.each([
  ["truncated JSON", "kong.json", '{"_format_version": "3.0", "services": [{"name": "a"'],
  ["HTML", "kong.yml", "<html><body>502 Bad Gateway</body></html>"],
  ["wrong types", "kong.yml", '_format_version: "3.0"\nservices: 5\nroutes: [null, x, {paths: 7}]\n'],
  ["a cycle of anchors", "kong.yml", '_format_version: "3.0"\nservices: &a [*a]\n'],
  ["binary garbage", "kong.yml", "\u0000\u0001\u0002\u00FF"],
  ["nothing", "kong.yml", ""],
])("%s is named as not read, with status 2, and is never “no findings”", async (_, name, text) => {
  const { stdout, stderr, exitCode } = await kongUpgrade(["check", ...hop, "--file", await file(name, text)]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: "" });
  expect(stdout).toContain("COULD NOT BE READ");
  expect(stdout).toContain(name);
  expect(stdout).not.toContain("no findings");
});

test.each([
  ["--conf", "kong.conf", "<html>Sign in</html>"],
  ["--conf", "kong.conf", "services:\n- name: orders\n"],
  ["--env", "kong.env", "nothing\n"],
  ["--template", "nginx.template", "<html>Sign in</html>"],
  ["--plugins", "handler.txt", "return {}"],
  ["--scripts", "deploy.sh", ""],
  ["--dashboards", "dashboard.json", "<html>Sign in</html>"],
  ["--helm-values", "values.yaml", "replicas: 3\n"],
  ["--manifests", "kong.yaml", "replicas: 3\n"],
])("%s %s with something else in it is named as not read, with status 2: %j", async (option, name, text) => {
  const { stdout, exitCode } = await kongUpgrade(["check", ...hop, option, await file(name, text)]);
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(new RegExp(`COULD NOT BE READ\\n.*${name}`, "u"));
  expect(stdout).not.toContain("no findings");
});

test.each([
  ["check", "--facts"],
  ["plan", "--diff"],
])("%s %s does not wait for a pipe that nobody writes to", async (word, option) => {
  await file("clean.yml", clean);
  await rm(inFolder("pipe"), { force: true });
  await execa("mkfifo", [inFolder("pipe")]);
  const { stderr, exitCode } = await kongUpgrade([word, ...hop, "--file", "clean.yml", option, "pipe"]);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("pipe is not a regular file"),
  });
});

test("variables over kong.conf are given with --env, because Node takes --env-file for itself", async () => {
  await file("kong.conf", "database = postgres\n");
  const name = await file("kong.env", "KONG_ROUTER_FLAVOR=traditional\nNODE_OPTIONS=--no-such-option\n");
  const words = ["check", ...hop, "--conf", "kong.conf"];
  const read = await kongUpgrade([...words, "--env", name]);
  expect(read.exitCode).toBe(1);
  expect(read.stdout).not.toContain("COULD NOT BE READ");
  const refused = await kongUpgrade([...words, "--env-file", await file("other.env", "KONG_ROLE=traditional\n")]);
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("write --env FILE") });
});

test("an option that lacks its word is not guessed to be itself", async () => {
  const { stderr, exitCode } = await kongUpgrade(["check", ...hop, "--file", "--strict"]);
  expect(exitCode).toBe(2);
  expect(stderr).not.toContain("did you mean");
});

test("a preview names what could not be read, with status 2", async () => {
  const words = ["check", ...hop, "--file", await file("kong.yml", old), "--file", "nowhere.yml", "--fix-preview"];
  const { stdout, exitCode } = await kongUpgrade(words);
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/^# not read: .*nowhere\.yml: does not exist/mu);
  expect(stdout).toContain(String.raw`+    - ~/orders/\d+$`);
});

test("a file that is missing or forbidden is named", async () => {
  const missing = await kongUpgrade(["check", ...hop, "--file", "nowhere.yml"]);
  expect(missing).toMatchObject({ exitCode: 2, stdout: expect.stringContaining("nowhere.yml") });
  if (process.getuid?.() === 0) return;
  await chmod(inFolder(await file("secret.yml", clean)), 0);
  expect((await kongUpgrade(["check", ...hop, "--file", "secret.yml"])).exitCode).toBe(2);
});
