import { unreachable } from "#src/kernel/result.ts";
import { compareVersions, parseVersion } from "#src/kong/version.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Packages } from "#src/plan/packages.ts";
import type { Command } from "#src/plan/step.ts";
import { viaOfRecipe } from "./via-of-recipe.ts";

/** The package that carries a version: three numbers are OSS, four are Enterprise (Kong docs, install pages). */
export function packageName(version: string): "kong" | "kong-enterprise-edition" {
  return parseVersion(version)?.enterprisePatch === undefined ? "kong" : "kong-enterprise-edition";
}

/**
 * The commands that put a version in place on the machine where the node's `kong` is, by the environment's
 * package recipe; undefined where none is configured. Configuration stays: packages are replaced or removed, never purged
 * (`dpkg -P` deletes /etc/kong).
 */
export function installCommands(
  environment: Environment,
  node: string,
  versions: { readonly version: string; readonly from: string },
): readonly Command[] | undefined {
  const { packages } = environment;
  if (packages === undefined) return undefined;
  const isEditionChanged = packageName(versions.version) !== packageName(versions.from);
  const deed = !isEditionChanged && isOlder(versions.version, versions.from) ? "downgrade" : "install";
  return [
    ...(isEditionChanged ? removeOther(packages, packageName(versions.from)) : []),
    ...install(packages, versions.version, deed),
  ].map((argv) => Object.assign(asCommand(packages, node, argv), viaOfRecipe(environment, node, packages.recipe)));
}

/** The two editions are two packages with the same files, so one has to go before the other comes. */
function removeOther({ recipe }: Packages, name: string): readonly (readonly string[])[] {
  switch (recipe) {
    case "apt":
    case "dpkg":
      return [["dpkg", "-r", name]];
    case "yum":
      return [["yum", "remove", "-y", name]];
    case "rpm":
      return [["rpm", "-e", name]];
    case "docker":
      return [];
    default:
      return unreachable(recipe);
  }
}

function isOlder(version: string, than: string): boolean {
  const [left, right] = [parseVersion(version), parseVersion(than)];
  return left !== undefined && right !== undefined && compareVersions(left, right) < 0;
}

function install(packages: Packages, version: string, deed: "install" | "downgrade"): readonly (readonly string[])[] {
  const name = packageName(version);
  const { recipe, folder = "/var/lib/kong-upgrade/packages", image = defaultImage(version) } = packages;
  switch (recipe) {
    case "apt":
      // Downgrades are the way back; without the flag apt refuses them.
      return [
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "--allow-downgrades", "--allow-change-held-packages", `${name}=${version}`],
      ];
    case "dpkg":
      // --force-confold keeps kong.conf without asking, as nobody answers.
      return [["dpkg", "--force-confold", "-i", `${folder}/${name}_${version}_amd64.deb`]];
    case "yum":
      // The old yum of RHEL 7 and Amazon Linux 2 installs nothing over a newer package and knows no --allowerasing; dnf,
      // which is called yum on newer systems, takes both words as well.
      return [["yum", deed, "-y", `${name}-${version}`]];
    case "rpm":
      return [["rpm", "-U", "--oldpackage", `${folder}/${name}-${version}.rpm`]];
    case "docker":
      return [["docker", "pull", `${image}:${version}`]];
    default:
      return unreachable(recipe);
  }
}

/** Where Kong publishes its images (Docker Hub: kong for OSS, kong/kong-gateway for Enterprise). */
function defaultImage(version: string): string {
  return packageName(version) === "kong" ? "kong" : "kong/kong-gateway";
}

function asCommand({ usesSudo, recipe }: Packages, target: string, argv: readonly string[]): Command {
  return {
    target,
    argv: usesSudo ? ["sudo", "-n", ...argv] : argv,
    // Newer packages ask about logrotate (Kong Enterprise changelog 3.4.3.12); nobody would answer.
    env: recipe === "apt" || recipe === "dpkg" ? { DEBIAN_FRONTEND: "noninteractive" } : {},
    secrets: {},
  };
}
