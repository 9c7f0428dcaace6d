import type { Transport } from "#src/plan/transport.ts";
import { quoteWords } from "./quote.ts";

type Ssh = Extract<Transport, { readonly kind: "ssh" }>;

/** What the target is called in the configuration; its address stands there, and never in an argument list. */
export const targetAlias = "target";

/** The files of one connection: its configuration, and what ssh says. */
interface Files {
  readonly config: string;
  readonly log: string;
}

/**
 * The whole configuration of one connection: a file of our own, because options of a command line do not reach jump hosts
 * (ssh(1), `-J`, OpenSSH 9.2), and because the account's own configuration must decide nothing. Jump hosts are commands
 * instead of `ProxyJump`, so that what they complain about stands in the same file.
 */
export function sshConfig(target: Ssh, files: Files, aliveEverySeconds: number): string {
  const jumps = target.jumpHosts ?? [];
  const through = (count: number): readonly string[] => (count === 0 ? [] : [`ProxyCommand ${jump(count, files)}`]);
  const hosts = [
    ...jumps.map((one, index) => host(`jump${index + 1}`, one, through(index))),
    host(targetAlias, target, through(jumps.length)),
  ];
  return [...hosts, host("*", {}, everywhere(target, aliveEverySeconds))].join("\n");
}

/** ssh replaces `%h` and `%p`, and hands it to a shell. */
function jump(number: number, { config, log }: Files): string {
  const words = quoteWords(["ssh", "-F", config, "-E", log, "-W", "[%h]:%p", `jump${number}`]);
  return words.replaceAll("%", "%%").replace("[%%h]:%%p", "[%h]:%p");
}

interface Address {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
}

function host(alias: string, address: Address, more: readonly string[] = []): string {
  const lines = [
    ...(address.host === undefined ? [] : [`HostName ${address.host}`]),
    ...(address.port === undefined ? [] : [`Port ${address.port}`]),
    ...(address.user === undefined ? [] : [`User ${address.user}`]),
    ...more,
  ];
  return `Host ${alias}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function everywhere({ identityFile, knownHostsFile }: Ssh, aliveEverySeconds: number): readonly string[] {
  return [
    "BatchMode yes",
    "StrictHostKeyChecking yes",
    "UpdateHostKeys no",
    "ForwardAgent no",
    "ForwardX11 no",
    "PermitLocalCommand no",
    "EscapeChar none",
    "LogLevel ERROR",
    "ConnectTimeout 10",
    "ConnectionAttempts 1",
    `ServerAliveInterval ${aliveEverySeconds}`,
    "ServerAliveCountMax 3",
    ...(identityFile === undefined ? [] : [`IdentityFile ${file(identityFile)}`, "IdentitiesOnly yes"]),
    ...(knownHostsFile === undefined
      ? []
      : [`UserKnownHostsFile ${file(knownHostsFile)}`, "GlobalKnownHostsFile /dev/null"]),
  ];
}

/** `%` begins a token in a path (ssh_config(5), TOKENS); quotes and backslashes as OpenSSH 8.7 and later read them. */
function file(path: string): string {
  return `"${path.replaceAll(/["\\]/gu, String.raw`\$&`).replaceAll("%", "%%")}"`;
}
