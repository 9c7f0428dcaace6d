import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { importsOf, readSources, root } from "./support/source-tree.ts";

const dockerfile = readFileSync(join(root, "Dockerfile"), "utf8");
const ignore = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");

const serviceSchema = z.object({
  image: z.string(),
  build: z.object({ target: z.string() }).optional(),
  env_file: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  command: z.array(z.string()).default([]),
});
const compose = z
  .object({ services: z.record(z.string(), serviceSchema), volumes: z.record(z.string(), z.null()) })
  .parse(parse(readFileSync(join(root, "compose.yaml"), "utf8"), { merge: true }));

function serviceNamed(name: string): z.infer<typeof serviceSchema> {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return service;
}

/** Everything that the image takes from the build context. */
const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gmu)].flatMap(([, sources = ""]) => sources.split(" "));

test("everything that the image copies exists and passes .dockerignore, and nothing else passes", () => {
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(ignore).toContain("*");
  const letIn = ignore.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  expect(letIn.toSorted()).toEqual(copied.toSorted());
});

test("what the image copies needs nothing that it does not copy", () => {
  const folders = copied.filter((path) => !path.includes("."));
  const missing = readSources(...folders).flatMap((file) =>
    importsOf(file)
      .filter(({ target, isOwn }) => isOwn && !folders.some((folder) => target.startsWith(`${folder}/`)))
      .map(({ target }) => `${file.path} -> ${target}`),
  );
  expect(missing).toEqual([]);
});

test("both images run as an ordinary user and start the program directly, on the Node of package.json", () => {
  const { dependencies } = z
    .object({ dependencies: z.object({ node: z.string() }) })
    .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  expect(dockerfile).toContain(`FROM node:${dependencies.node.split(".")[0]}-`);
  for (const target of ["bot", "runner"]) {
    const stage = new RegExp(`^FROM base AS ${target}$([\\s\\S]*?)(?=^FROM |(?![\\s\\S]))`, "mu").exec(dockerfile)?.[1];
    expect(stage).toMatch(/^USER node\nENTRYPOINT \["node", "src\/main.ts"\]$/mu);
  }
});

test("compose builds the two targets and keeps every mounted volume", () => {
  expect(serviceNamed("bot").build?.target).toBe("bot");
  expect(serviceNamed("runner").build?.target).toBe("runner");
  const named = Object.values(compose.services)
    .flatMap(({ volumes }) => volumes.map((volume) => volume.split(":")[0] ?? ""))
    .filter((source) => !source.startsWith("."));
  expect([...new Set(named)].toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
});

test("T32: the private key is mounted into the bot only, the public one read-only into the runner", () => {
  const mountsOf = (volume: string): readonly string[] =>
    Object.entries(compose.services).flatMap(([name, { volumes }]) =>
      volumes.filter((mount) => mount.startsWith(`${volume}:`)).map((mount) => `${name} ${mount}`),
    );
  expect(mountsOf("bot-data")).toEqual(["bot bot-data:/data"]);
  expect(mountsOf("public-key")).toEqual(["bot public-key:/keys", "runner public-key:/keys:ro"]);
  expect(dockerfile).toContain("KONG_UPGRADE_PUBLIC_KEYS=/keys/");
});

test("T32: Slack's tokens go to the bot and Kong's secrets to the runner, each by its own file and never in compose.yaml", () => {
  expect(serviceNamed("bot").env_file).toEqual(["bot.env"]);
  expect(serviceNamed("runner").env_file).toEqual(["runner.env"]);
  for (const { environment } of Object.values(compose.services)) {
    expect(Object.keys(environment).filter((name) => /^(?:SLACK_|KONG_PG)/u.test(name))).toEqual([]);
    const literal = Object.entries(environment).filter(
      ([name, value]) => /PASSWORD|DATABASE_URL/u.test(name) && !value.includes("${POSTGRES_PASSWORD:?"),
    );
    expect(literal).toEqual([]);
  }
});

test("both processes wait for healthy stores, and Redis neither forgets nor evicts", () => {
  for (const name of ["bot", "runner"]) {
    expect(serviceNamed(name).depends_on).toMatchObject({
      postgres: { condition: "service_healthy" },
      redis: { condition: "service_healthy" },
    });
  }
  for (const name of ["postgres", "redis"]) expect(serviceNamed(name).healthcheck?.test[0]).toBe("CMD");
  expect(serviceNamed("redis").command).toEqual(
    expect.arrayContaining(["--appendonly", "yes", "--maxmemory-policy", "noeviction"]),
  );
});

test("both containers are asked for their health at the address that they are told to listen on", () => {
  const port = /KONG_UPGRADE_HTTP=0\.0\.0\.0:(\d+)/u.exec(dockerfile)?.[1];
  expect(dockerfile).toMatch(new RegExp(`^HEALTHCHECK [\\s\\S]*?127\\.0\\.0\\.1:${port}/readyz`, "mu"));
});
