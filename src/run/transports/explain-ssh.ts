import { describeTransport } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import { lastLineOf } from "./reach.ts";

type Ssh = Extract<Transport, { readonly kind: "ssh" }>;

interface Failure {
  readonly stderr: string;
  readonly timedOut: boolean;
  /** There is no program of that name here. */
  readonly isMissing: boolean;
}

/** Why nobody could log in, and what to do (texts of OpenSSH 9.2; older ones say the same). */
export function explainSsh(target: Ssh, { stderr, timedOut, isMissing }: Failure): string {
  const who = describeTransport(target);
  if (isMissing) return "this runner has no ssh: install it (Debian: openssh-client)";
  const known = causes.find(({ pattern }) => pattern.test(stderr));
  if (known !== undefined) {
    const telling = stderr.split("\n").filter((line) => known.pattern.test(line));
    return `${who}: ${known.sentence(target)} (${lastLineOf(telling.join("\n"))})`;
  }
  if (timedOut) return `${who} did not let anybody in within 45 s: see whether it is up and not overloaded`;
  return `${who} cannot be reached: ${lastLineOf(stderr)}`;
}

const causes: readonly { readonly pattern: RegExp; readonly sentence: (target: Ssh) => string }[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Offending \S+ key|host key for .* has changed/iu,
    sentence: (target) =>
      `its host key is another one than in ${knownHosts(target)}: somebody may be in between. Ask who runs the host whether its key was changed, compare the fingerprint, and only then replace the line`,
  },
  {
    pattern: /No \S+ host key is known|Host key verification failed/iu,
    sentence: (target) =>
      `its host key is not known: compare the fingerprint with whoever runs the host, then add its line to ${knownHosts(target)} (ssh-keyscan prints it); the same for each jump host`,
  },
  {
    pattern: /identity file .* not accessible|Load key .*: |UNPROTECTED PRIVATE KEY|bad permissions/iu,
    sentence: ({ identityFile = "the private key" }) =>
      `${identityFile} cannot be used: it has to be a private key without a passphrase that only the runner's account may read`,
  },
  {
    pattern: /Permission denied|Too many authentication failures/iu,
    sentence: ({ identityFile = "the runner's own" }) =>
      `the account or its key is refused: put the public key of ${identityFile} into authorized_keys of that account; a private key with a passphrase cannot be used`,
  },
  {
    pattern: /Could not resolve hostname|Name or service not known/iu,
    sentence: () => "the name of the host is not known here: see the name and the runner's DNS",
  },
  {
    pattern:
      /Connection refused|timed out|No route to host|Network is unreachable|Connection (?:closed|reset)|kex_exchange/iu,
    sentence: ({ jumpHosts = [] }) =>
      `the host cannot be reached: see whether it is up, sshd runs on that port, and no firewall is between${
        jumpHosts.length === 0 ? "" : "; the same for each jump host, whose sshd has to forward (AllowTcpForwarding)"
      }`,
  },
  {
    pattern: /Bad configuration option|terminating, \d+ bad configuration/iu,
    sentence: () => "this runner's ssh is too old for the options that are needed: OpenSSH 7.6 or later is needed",
  },
];

function knownHosts({ knownHostsFile = "~/.ssh/known_hosts of the runner's account" }: Ssh): string {
  return knownHostsFile;
}
