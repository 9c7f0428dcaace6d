import { expect, test } from "vitest";
import type { Environment } from "#src/plan/environment.ts";
import type { Packages } from "#src/plan/packages.ts";
import type { Service } from "#src/plan/service.ts";
import { installCommands, packageName } from "#src/plan/recipes/package-recipe.ts";
import { serviceCommands } from "#src/plan/recipes/service-recipe.ts";
import { fullEnvironment } from "./full-environment.ts";
import { planned } from "./planned.ts";
import { sampleEnvironment, sampleFacts } from "./sample.ts";

const oss = { version: "3.4.2", from: "2.8.5" };
const enterprise = { version: "3.4.3.5", from: "2.8.4.14" };
const toEnterprise = { version: "3.4.2.0", from: "3.4.2" };
const back = { version: "2.8.5", from: "3.4.2" };

function lines(packages: Omit<Packages, "usesSudo">, versions: { readonly version: string; readonly from: string }) {
  const commands = installCommands(
    sampleEnvironment({ packages: { ...packages, usesSudo: false } }),
    "kong-1",
    versions,
  );
  return commands?.map(({ argv }) => argv.join(" "));
}

const dpkg = { recipe: "dpkg", folder: "/srv/packages" } as const;
const rpm = { recipe: "rpm", folder: "/srv/packages" } as const;

test.each<[string, Omit<Packages, "usesSudo">, typeof oss, readonly string[]]>([
  [
    "apt",
    { recipe: "apt" },
    oss,
    ["apt-get update -qq", "apt-get install -y --allow-downgrades --allow-change-held-packages kong=3.4.2"],
  ],
  [
    "apt with Enterprise",
    { recipe: "apt" },
    enterprise,
    [
      "apt-get update -qq",
      "apt-get install -y --allow-downgrades --allow-change-held-packages kong-enterprise-edition=3.4.3.5",
    ],
  ],
  ["dpkg", dpkg, oss, ["dpkg --force-confold -i /srv/packages/kong_3.4.2_amd64.deb"]],
  [
    "dpkg without a folder",
    { recipe: "dpkg" },
    oss,
    ["dpkg --force-confold -i /var/lib/kong-upgrade/packages/kong_3.4.2_amd64.deb"],
  ],
  ["yum", { recipe: "yum" }, enterprise, ["yum install -y kong-enterprise-edition-3.4.3.5"]],
  ["rpm", rpm, oss, ["rpm -U --oldpackage /srv/packages/kong-3.4.2.rpm"]],
  ["docker", { recipe: "docker" }, oss, ["docker pull kong:3.4.2"]],
  ["docker with Enterprise", { recipe: "docker" }, enterprise, ["docker pull kong/kong-gateway:3.4.3.5"]],
  [
    "docker with an own image",
    { recipe: "docker", image: "registry.internal:5000/gateway" },
    oss,
    ["docker pull registry.internal:5000/gateway:3.4.2"],
  ],
])("installing by %s is exactly this", (_, packages, versions, expected) => {
  expect(lines(packages, versions)).toStrictEqual(expected);
});

test.each<[string, Omit<Packages, "usesSudo">, readonly string[]]>([
  ["apt", { recipe: "apt" }, ["dpkg -r kong", "apt-get update -qq"]],
  ["dpkg", dpkg, ["dpkg -r kong"]],
  ["yum", { recipe: "yum" }, ["yum remove -y kong"]],
  ["rpm", rpm, ["rpm -e kong"]],
])("another edition is another package with the same files, so %s removes the old one first", (_, packages, first) => {
  const all = lines(packages, toEnterprise) ?? [];
  expect(all.slice(0, first.length)).toStrictEqual(first);
  expect(all.at(-1)).toContain("kong-enterprise-edition");
});

test("an image is another edition by its name alone, so nothing is removed", () => {
  expect(lines({ recipe: "docker" }, toEnterprise)).toStrictEqual(["docker pull kong/kong-gateway:3.4.2.0"]);
});

test.each<[string, Omit<Packages, "usesSudo">, RegExp]>([
  ["apt", { recipe: "apt" }, /--allow-downgrades .*kong=2\.8\.5$/u],
  ["dpkg", dpkg, /-i \/srv\/packages\/kong_2\.8\.5_amd64\.deb$/u],
  ["yum", { recipe: "yum" }, /^yum downgrade -y kong-2\.8\.5$/u],
  ["rpm", rpm, /--oldpackage .*kong-2\.8\.5\.rpm$/u],
  ["docker", { recipe: "docker" }, /kong:2\.8\.5$/u],
])("%s lets an older version take the place of a newer one, which the way back needs", (_, packages, expected) => {
  expect(lines(packages, back)?.at(-1)).toMatch(expected);
});

test("no recipe ever purges, erases or asks", () => {
  for (const recipe of ["apt", "dpkg", "yum", "rpm", "docker"] as const) {
    for (const versions of [oss, enterprise, toEnterprise, back]) {
      const words = lines({ recipe }, versions)?.join(" ") ?? "";
      expect(words).not.toMatch(/ -P\b|--purge|\bpurge\b|autoremove|--nodeps/u);
    }
  }
});

test("commands run on the node's machine, through sudo where it is set, and nothing is asked", () => {
  const environment = sampleEnvironment({ packages: { recipe: "apt", usesSudo: true } });
  const commands = installCommands(environment, "kong-2", oss) ?? [];
  expect(commands.map(({ argv }) => argv.slice(0, 3))).toStrictEqual([
    ["sudo", "-n", "apt-get"],
    ["sudo", "-n", "apt-get"],
  ]);
  expect(commands.every(({ target, secrets }) => target === "kong-2" && Object.keys(secrets).length === 0)).toBe(true);
  expect(commands.map(({ env }) => env)).toStrictEqual([
    { DEBIAN_FRONTEND: "noninteractive" },
    { DEBIAN_FRONTEND: "noninteractive" },
  ]);
  const yum = installCommands(sampleEnvironment({ packages: { recipe: "yum", usesSudo: true } }), "kong-2", oss);
  expect(yum).toMatchObject([{ argv: ["sudo", "-n", "yum", "install", "-y", "kong-3.4.2"], env: {} }]);
});

test("without a recipe there is nothing to run", () => {
  expect(installCommands(sampleEnvironment(), "kong-1", oss)).toBeUndefined();
  expect(serviceCommands(sampleEnvironment(), "kong-1", "start")).toBeUndefined();
});

test("three numbers are the OSS package, four are Enterprise", () => {
  expect([packageName("3.9.3"), packageName("3.4.3.5"), packageName("2.8.4.1-enterprise-edition")]).toStrictEqual([
    "kong",
    "kong-enterprise-edition",
    "kong-enterprise-edition",
  ]);
});

test.each<[Service, "start" | "stop", readonly string[]]>([
  [
    { recipe: "systemd", unit: "kong-{node}", usesSudo: true },
    "start",
    ["sudo", "-n", "systemctl", "start", "kong-kong-1"],
  ],
  [{ recipe: "systemd", unit: "kong", usesSudo: false }, "stop", ["systemctl", "stop", "kong"]],
  [{ recipe: "docker", unit: "{node}", usesSudo: false }, "start", ["docker", "start", "kong-1"]],
  [
    { recipe: "docker", unit: "{node}", usesSudo: true },
    "stop",
    ["sudo", "-n", "docker", "stop", "-t", "60", "kong-1"],
  ],
])("a node is started and stopped by its service: %j %s", (service, deed, argv) => {
  expect(serviceCommands(sampleEnvironment({ service }), "kong-1", deed)).toStrictEqual([
    { target: "kong-1", argv, env: {}, secrets: {} },
  ]);
});

test("every word that a recipe takes from the environment is plain", () => {
  const environment: Environment = fullEnvironment();
  const all = [
    ...(installCommands(environment, "kong-1", oss) ?? []),
    ...(["start", "stop"] as const).flatMap((deed) => serviceCommands(environment, "kong-1", deed) ?? []),
  ];
  expect(all.flatMap(({ argv }) => argv).filter((word) => !/^[A-Za-z0-9_./:@%+=,-]+$/u.test(word))).toStrictEqual([]);
});

test("a plan installs and starts by the recipes, and a hook of the site goes before them", () => {
  const recipes = {
    packages: { recipe: "apt", usesSudo: true },
    service: { recipe: "systemd", unit: "kong", usesSudo: true },
  } as const;
  const environment = sampleEnvironment({ ...recipes, hooks: {} });
  const linesOf = (from: Environment, id: string): readonly string[] =>
    planned({ environment: from, facts: sampleFacts(), to: "3.4.2", strategy: "in-place" }).steps.flatMap((step) =>
      step.id === id && step.action.kind === "commands" ? step.action.commands.map(({ argv }) => argv.join(" ")) : [],
    );
  expect(linesOf(environment, "install")).toContain(
    "sudo -n apt-get install -y --allow-downgrades --allow-change-held-packages kong=3.4.2",
  );
  expect(linesOf(environment, "stop-kong-1")).toEqual(["sudo -n systemctl stop kong"]);
  expect(linesOf(environment, "start-kong-2")).toEqual(["sudo -n systemctl start kong"]);
  const hooks = { install: { argv: ["/usr/local/bin/install-kong", "{version}"], timeoutMs: 1_000 } };
  expect(linesOf(sampleEnvironment({ ...recipes, hooks }), "install")).toEqual(["/usr/local/bin/install-kong 3.4.2"]);
});
