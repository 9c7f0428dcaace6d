import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Transport } from "#src/plan/transport.ts";
import { startSshServer } from "#test/src/run/transports/ssh-server.ts";

type Ssh = Extract<Transport, { readonly kind: "ssh" }>;

/** One host as a runner and as ssh itself know it: an address of this machine that a real sshd listens at. */
export interface SshHost {
  readonly name: string;
  readonly transport: Ssh;
}

/** sshd listens at 16 addresses at most (MAX_LISTEN_SOCKS of OpenSSH). */
const perServer = 16;

/** So many hosts, each with an address, a known key and a folder of its own, until the stack ends. */
export async function startSshHosts(count: number, stack: AsyncDisposableStack): Promise<readonly SshHost[]> {
  const hosts: SshHost[] = [];
  for (let network = 1; hosts.length < count; network += 1) {
    const others = Array.from({ length: Math.min(perServer, count - hosts.length) - 1 }, (_, index) => index + 2);
    const addresses = others.map((last) => `127.0.${network}.${last}`);
    const server = stack.use(await startSshServer(addresses.map((address) => `ListenAddress ${address}`)));
    const { folder, port, transport } = server;
    const key = await readFile(join(folder, "host.pub"), "utf8");
    await appendFile(join(folder, "known"), addresses.map((address) => `[${address}]:${port} ${key}`).join(""));
    for (const host of ["127.0.0.1", ...addresses]) {
      const name = `host-${hosts.length + 1}`;
      hosts.push({ name, transport: { ...transport, host, stateDir: join(folder, name) } });
    }
  }
  return hosts;
}

/** ssh's own configuration of these hosts, for programs that are given names. */
export async function writeSshConfig(file: string, hosts: readonly SshHost[]): Promise<void> {
  const sections = hosts.map(({ name, transport: { host, port, user, identityFile, knownHostsFile } }) =>
    [
      `Host ${name}`,
      `  HostName ${host}`,
      `  Port ${port}`,
      `  User ${user}`,
      `  IdentityFile ${identityFile}`,
      `  UserKnownHostsFile ${knownHostsFile}`,
      "  IdentitiesOnly yes",
      "  BatchMode yes",
      "  StrictHostKeyChecking yes",
      "  LogLevel ERROR",
    ].join("\n"),
  );
  await writeFile(file, `${sections.join("\n")}\n`);
}
