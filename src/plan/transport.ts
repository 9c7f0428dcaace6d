import { z } from "zod";
import { unreachable } from "#src/kernel/result.ts";

/**
 * Names that become arguments of ssh, docker and kubectl: none begins with a dash, so that none is taken for an option
 * (`ssh -oProxyCommand=…` runs programs), and none holds a character that an ssh configuration file expands (`%`, `$`).
 */
const hostName = z
  .string()
  .regex(/^(?:[A-Za-z0-9_][A-Za-z0-9._-]*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$/u, "expected a host name or an address")
  .max(253);
const userName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._@+-]*$/u, "expected a user name")
  .max(128);
const objectName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/u, "expected a name without spaces and slashes")
  .max(253);
const contextName = z.string().regex(/^[^-\s\0][^\s\0]*$/u, "expected the name of a context");
const program = z.string().min(1).regex(/^[^-]/u, "expected a program, not an option");
const port = z.number().int().min(1).max(65_535);
/** `${` in a path is a variable for ssh, and there is no way to write it otherwise (ssh_config(5), ENVIRONMENT VARIABLES). */
const sshFile = z.string().regex(/^\/(?:(?!\$\{)[^\0\r\n])*$/u, "expected an absolute path on the runner without ${");
const stateDir = z
  .string()
  .regex(/^\/[^\0\r\n]*[^\0\r\n/]$/u, "expected an absolute path on the target")
  .optional()
  .describe(
    "Where the target keeps what its running steps need to be found again (mode 0700, removed after each step). A folder of its own under /var/tmp or /tmp where absent.",
  );

const jumpHostSchema = z.strictObject({ host: hostName, port: port.optional(), user: userName.optional() });

/** Where a command runs. A command without one runs on the runner's own machine. */
export const transportSchema = z.discriminatedUnion("kind", [
  /** By the system's `ssh`, with strict host keys and without the account's own ssh configuration. */
  z.strictObject({
    kind: z.literal("ssh"),
    host: hostName,
    port: port.optional(),
    user: userName.optional(),
    /** Passed through one after the other, the first one is the nearest to the runner. */
    jumpHosts: z.array(jumpHostSchema).max(8).readonly().optional(),
    /** The private key, for the jump hosts too; those that ssh looks for by itself where absent. */
    identityFile: sshFile.optional(),
    /** Whose keys are accepted; `~/.ssh/known_hosts` of the runner's account where absent. */
    knownHostsFile: sshFile.optional(),
    stateDir,
  }),
  /** By `docker exec`, or a program that takes the same words, such as podman. */
  z.strictObject({
    kind: z.literal("docker"),
    docker: program,
    container: objectName,
    user: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9._:-]*$/u, "expected a user, or user:group")
      .optional(),
    stateDir,
  }),
  /** By `kubectl exec`; context and namespace are always named, so that no current context decides. */
  z.strictObject({
    kind: z.literal("kubectl"),
    kubectl: program,
    context: contextName,
    namespace: objectName,
    /** A pod's name, or a workload such as `deployment/kong`: then one of its running pods is taken. */
    pod: z
      .string()
      .regex(
        /^(?:[a-z]+(?:\.[a-z0-9.]+)?\/)?[a-z0-9][a-z0-9.-]*$/u,
        "expected a pod, or a workload such as deployment/kong",
      ),
    container: objectName.optional(),
    stateDir,
  }),
  /**
   * In a Kubernetes Job of its own, made like the pods of a workload but with this image: for a version that no pod runs
   * yet. Environment and volumes are those of the workload, so that secrets stay in the cluster.
   */
  z.strictObject({
    kind: z.literal("job"),
    kubectl: program,
    context: contextName,
    namespace: objectName,
    workload: z
      .string()
      .regex(
        /^(?:deployment|statefulset|daemonset)\/[a-z0-9][a-z0-9.-]*$/u,
        "expected a workload such as deployment/kong",
      ),
    /** The container of the workload's pods that is copied; the only one where absent. */
    container: objectName.optional(),
    image: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9./:@_-]*$/u, "expected an image such as kong:3.9.1")
      .max(255),
  }),
]);
export type Transport = z.infer<typeof transportSchema>;

/** The target of a command as its line begins: `cp-1 over ssh`, `cp-1` on the runner's own machine, and the image of a Job. */
export function commandPlace({
  target,
  via,
}: {
  readonly target: string;
  readonly via?: Transport | undefined;
}): string {
  if (via?.kind === "job") return `${target} in a job of ${via.image} in ${via.namespace}`;
  return via === undefined ? target : `${target} over ${via.kind}`;
}

/** Where a command runs, in a few words for people: `ssh kong@cp-1 over bastion`. */
export function describeTransport(transport: Transport): string {
  switch (transport.kind) {
    case "ssh": {
      const jumps = (transport.jumpHosts ?? []).map(address);
      return `ssh ${address(transport)}${jumps.length === 0 ? "" : ` over ${jumps.join(", ")}`}`;
    }
    case "docker":
      return `docker exec ${transport.container}${transport.user === undefined ? "" : ` as ${transport.user}`}`;
    case "kubectl": {
      const container = transport.container === undefined ? "" : `, container ${transport.container}`;
      return `kubectl exec ${transport.pod}${container} in ${transport.namespace} of ${transport.context}`;
    }
    case "job": {
      const container = transport.container === undefined ? "" : `, container ${transport.container}`;
      return `job of ${transport.image} like ${transport.workload}${container} in ${transport.namespace} of ${transport.context}`;
    }
    default:
      return unreachable(transport);
  }
}

function address({
  host,
  port: at,
  user,
}: {
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
}): string {
  const shownHost = at !== undefined && host.includes(":") ? `[${host}]` : host;
  return `${user === undefined ? "" : `${user}@`}${shownHost}${at === undefined ? "" : `:${at}`}`;
}
