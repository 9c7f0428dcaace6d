import { expect, test } from "vitest";
import { chooseEnvironments, runnerIdOf } from "#src/run/choose-environments.ts";
import { sampleEnvironment } from "#test/support/samples.ts";

const eu = sampleEnvironment({ name: "prod-eu", runner: { labels: { zone: "eu", tier: "gold" } } });
const us = sampleEnvironment({ name: "prod-us", runner: { labels: { zone: "us" } } });
const staging = sampleEnvironment({ name: "staging" });
const all = [eu, us, staging];
const file = "/etc/kong-upgrade.yml";
const names = (wish: Partial<Parameters<typeof chooseEnvironments>[1]>): readonly string[] =>
  chooseEnvironments(all, { names: [], labels: {}, file, ...wish }).map(({ name }) => name);

test("without names a runner serves what its labels fit, and what asks for none", () => {
  expect(names({})).toEqual(["staging"]);
  expect(names({ labels: { zone: "eu" } })).toEqual(["staging"]);
  expect(names({ labels: { zone: "eu", tier: "gold", rack: "7" } })).toEqual(["prod-eu", "staging"]);
  expect(names({ names: ["prod-us"], labels: { zone: "us" } })).toEqual(["prod-us"]);
});

test("an environment that is named and does not fit is refused, with what is missing", () => {
  expect(() => names({ names: ["prod-eu"], labels: { zone: "eu" } })).toThrow(
    /prod-eu asks for tier=gold\. Give it what is true of its place/u,
  );
  expect(() => chooseEnvironments([us], { names: [], labels: { zone: "eu" }, file })).toThrow(
    "prod-us asks for zone=us",
  );
  expect(() => names({ names: ["prod"] })).toThrow("/etc/kong-upgrade.yml has no environment prod; it has prod-eu");
});

test("a runner without a name is called after its environments, as far as a message has room for them", () => {
  expect(runnerIdOf("host", [{ name: "prod-eu" }, { name: "prod-us" }])).toBe("host-prod-eu-prod-us");
  const many = Array.from({ length: 200 }, (_, index) => ({ name: `env-${index}` }));
  const id = runnerIdOf("host", many);
  expect(id).toMatch(/^host-env-0-and-199-more-[0-9a-f]{12}$/u);
  expect(runnerIdOf("host", many)).toBe(id);
  expect(runnerIdOf("host", many.slice(0, -1))).not.toBe(id);
});
