import type { Host } from "#src/kong/inventory.ts";
import type { Transport } from "#src/plan/transport.ts";
import { limits } from "./limits.ts";
import type { DiscoveryPorts } from "./ports.ts";

/** Names of distributions as the catalogue spells them, e.g. `debian11`, `rhel8`, `amazonlinux2`, `alpine`. */
const spellings: Readonly<Record<string, string>> = {
  amzn: "amazonlinux",
  rocky: "rhel",
  almalinux: "rhel",
  ol: "rhel",
};

const packageKinds: Readonly<Record<string, Host["package"]>> = {
  debian: "deb",
  ubuntu: "deb",
  rhel: "rpm",
  centos: "rpm",
  amazonlinux: "rpm",
  fedora: "rpm",
  alpine: "apk",
};

/**
 * The operating system of a place where nodes are: the runner's machine where no transport is given.
 * @throws Error when /etc/os-release cannot be read or names no system
 */
export async function readHost(ports: Pick<DiscoveryPorts, "readText">, via?: Transport): Promise<Host> {
  const host = hostOf(await ports.readText("/etc/os-release", limits.httpTimeoutMs, via));
  if (host === undefined) throw new Error("/etc/os-release has no ID");
  return host;
}

/** What an os-release file (freedesktop.org, os-release) tells; undefined where it names no system. */
function hostOf(osRelease: string): Host | undefined {
  const fields = new Map(
    osRelease.split("\n").flatMap((line) => {
      const [, name, value] = /^([A-Z_]+)="?([^"]*)"?$/u.exec(line.trim()) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
  const id = fields.get("ID");
  if (id === undefined || id === "") return undefined;
  const system = spellings[id] ?? id;
  const version = fields.get("VERSION_ID") ?? "";
  const number = numberOf(system, version);
  const kind = packageKinds[system];
  return {
    // Alpine is one system in every version.
    os: system === "alpine" ? "alpine" : `${system}${number}`,
    ...(kind === undefined ? {} : { package: kind }),
  };
}

/**
 * Ubuntu's releases have two numbers; of all others the first one counts. Amazon Linux 1 tells its year and month, such
 * as 2018.03 (AWS, Amazon Linux AMI release notes); its successors are 2, 2022 and 2023.
 */
function numberOf(system: string, version: string): string {
  if (system === "ubuntu") return version;
  return system === "amazonlinux" && /^201\d\./u.test(version) ? "1" : (version.split(".")[0] ?? "");
}
