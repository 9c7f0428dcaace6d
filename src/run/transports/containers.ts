import { describeTransport } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import { pinned } from "./kubectl.ts";
import { lastLineOf } from "./reach.ts";
import type { Reach } from "./reach.ts";
import type { Waits } from "./waits.ts";

type Docker = Extract<Transport, { readonly kind: "docker" }>;
type Kubectl = Extract<Transport, { readonly kind: "kubectl" }>;

/** `docker exec -i`: the process goes on when the client is gone. The container's own variables reach the command. */
export function dockerReach(target: Docker, env: Readonly<Record<string, string>>, waits: Waits): Reach {
  const { docker, container, user, stateDir } = target;
  const words = ["exec", "-i", ...(user === undefined ? [] : ["--user", user]), container, "/bin/sh"];
  return {
    words: describeTransport(target),
    env,
    targetEnv: {},
    stateDir,
    waits,
    open: async () => ({ kind: "ready", argv: [docker, ...words] }),
    doubt: () => undefined,
    refusal: ({ stderr }) =>
      refusalBy(stderr, describeTransport(target), [
        [/No such container|is not running|is paused|is restarting/iu, "the container has to run"],
        [
          /Cannot connect to the Docker daemon|permission denied while trying to connect/iu,
          "the runner's account has to reach the daemon",
        ],
        [/unable to find user|no matching entries in passwd/iu, "the container has no such user"],
        [
          /exec.*"\/bin\/sh".*(?:no such file|not found)|OCI runtime exec failed/isu,
          "the image has to hold /bin/sh, which cannot be started",
        ],
      ]),
  };
}

/** `kubectl exec -i` into one pod, with context and namespace named. The container's own variables reach the command. */
export function kubectlReach(target: Kubectl, env: Readonly<Record<string, string>>, waits: Waits): Reach {
  const { kubectl, pod, container, stateDir } = target;
  const words = [
    ...pinned(target),
    "exec",
    "-i",
    pod,
    ...(container === undefined ? [] : ["--container", container]),
    "--",
    "/bin/sh",
  ];
  return {
    words: describeTransport(target),
    env,
    targetEnv: {},
    stateDir,
    waits,
    open: async () => ({ kind: "ready", argv: [kubectl, ...words] }),
    doubt: () => undefined,
    refusal: ({ stderr }) =>
      refusalBy(stderr, describeTransport(target), [
        [/\(NotFound\)|^error: .*not found/imu, "the pod, the container, or /bin/sh in its image is not there"],
        [
          /\(Forbidden\)|Unauthorized|You must be logged in/iu,
          "the account needs the right to create pods/exec in that namespace",
        ],
        [
          /context ".*" does not exist|no context exists/iu,
          "the kubeconfig of the runner's account does not know that context",
        ],
        [
          /Unable to connect to the server|The connection to the server .* was refused/iu,
          "the cluster cannot be reached from here",
        ],
        [
          /cannot exec into a container in a completed pod|container not running|container .* is not valid for pod|is waiting to start/iu,
          "the container has to run",
        ],
        [/OCI runtime exec failed|executable file not found/iu, "the image has to hold /bin/sh"],
      ]),
  };
}

/** These words of docker 20 to 28 and kubectl 1.2x come before anything is started. */
function refusalBy(stderr: string, words: string, known: readonly (readonly [RegExp, string])[]): string | undefined {
  const found = known.find(([pattern]) => pattern.test(stderr));
  return found === undefined ? undefined : `${words}: ${lastLineOf(stderr)}; ${found[1]}`;
}
