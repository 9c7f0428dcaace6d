import { z } from "zod";
import { transportSchema } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import { present } from "./present.ts";

const text = z.string().min(1);
const port = z.number().int().min(1).max(65_535).optional();
const stateDir = text
  .optional()
  .describe("where the target keeps what its running steps need to be found again; a folder of its own where absent");
const ownName = "{node}";

const written = z.strictObject({
  local: z.literal(true).optional().describe("on the runner itself, where the environment says something else"),
  ssh: z
    .strictObject({
      host: text.default(ownName).describe("host name or address; {node} is replaced"),
      port,
      user: text.optional(),
      jump_hosts: z
        .array(z.strictObject({ host: text, port, user: text.optional() }))
        .optional()
        .describe("passed through one after the other, the nearest to the runner first"),
      identity_file: text
        .optional()
        .describe("private key without a passphrase on the runner; ssh's own choice where absent"),
      known_hosts_file: text.optional().describe("whose keys are accepted; ~/.ssh/known_hosts where absent"),
      state_dir: stateDir,
    })
    .optional(),
  docker: z
    .strictObject({
      program: text.default("docker").describe("docker, or what takes the same words, such as podman"),
      container: text.default(ownName).describe("{node} is replaced"),
      user: text.optional(),
      state_dir: stateDir,
    })
    .optional(),
  kubectl: z
    .strictObject({
      program: text.default("kubectl"),
      context: text,
      namespace: text,
      pod: text.default(ownName).describe("a pod, or a workload such as deployment/kong; {node} is replaced"),
      container: text.optional(),
      state_dir: stateDir,
      job: z
        .strictObject({ image: text.describe("e.g. kong:{version}; {version} is replaced") })
        .optional()
        .describe(
          "kong commands of a version that no pod runs run in Jobs of this image, made like the pods of the workload in `pod`",
        ),
    })
    .optional(),
});
type Written = z.output<typeof written>;

/** How the runner reaches a node: exactly one of the four ways. */
export const transport = written.superRefine((value, context) => {
  if (Object.keys(value).length !== 1) {
    context.addIssue({ code: "custom", message: "write one of local, ssh, docker and kubectl" });
    return;
  }
  const made = toTransport(value, "node");
  if (made === undefined) return;
  for (const { path, message } of transportSchema.safeParse(made).error?.issues ?? []) {
    context.addIssue({ code: "custom", path: [made.kind, ...path.map((key) => writtenAs(key))], message });
  }
  complainOfJob(value, made, context);
});

/** The image for Jobs, where the way to the node has them. */
export function toJob({ kubectl }: Written): { readonly image: string } | undefined {
  return kubectl?.job;
}

function complainOfJob(value: Written, made: Transport, context: z.RefinementCtx): void {
  if (value.kubectl?.job === undefined || made.kind !== "kubectl") return;
  const { image } = value.kubectl.job;
  const { kubectl, context: cluster, namespace, pod: workload } = made;
  const job = {
    kind: "job",
    kubectl,
    context: cluster,
    namespace,
    workload,
    image: image.replace("{version}", "3.9.1"),
  };
  for (const { path, message } of transportSchema.safeParse(job).error?.issues ?? []) {
    if (path[0] === "image") context.addIssue({ code: "custom", path: ["kubectl", "job", "image"], message });
    if (path[0] === "workload") context.addIssue({ code: "custom", path: ["kubectl", "pod"], message });
  }
  if (!image.includes("{version}")) {
    const message = "has to hold {version}: a Job is of the version that its command needs";
    context.addIssue({ code: "custom", path: ["kubectl", "job", "image"], message });
  }
}

/** What was written as it is planned with; undefined for the runner itself. */
export function toTransport({ ssh, docker, kubectl }: Written, node: string): Transport | undefined {
  const named = (word: string): string => word.replaceAll(ownName, node);
  if (ssh !== undefined) {
    const { host, jump_hosts: jumpHosts, identity_file: identity, known_hosts_file: known, ...rest } = ssh;
    return {
      kind: "ssh",
      host: named(host),
      ...present("port", rest.port),
      ...present("user", rest.user),
      ...present("jumpHosts", jumpHosts),
      ...present("identityFile", identity),
      ...present("knownHostsFile", known),
      ...present("stateDir", rest.state_dir),
    };
  }
  if (docker !== undefined) {
    const { program, container, user, state_dir: state } = docker;
    return {
      kind: "docker",
      docker: program,
      container: named(container),
      ...present("user", user),
      ...present("stateDir", state),
    };
  }
  if (kubectl === undefined) return undefined;
  const { program, context, namespace, pod, container, state_dir: state } = kubectl;
  return {
    kind: "kubectl",
    kubectl: program,
    context,
    namespace,
    pod: named(pod),
    ...present("container", container),
    ...present("stateDir", state),
  };
}

/** The key of the file for a key of the plan. */
function writtenAs(key: PropertyKey): PropertyKey {
  if (key === "docker" || key === "kubectl") return "program";
  return typeof key === "string" ? key.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`) : key;
}
