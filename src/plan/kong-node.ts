import { z } from "zod";
import { secretRefSchema } from "./secret-ref.ts";
import { transportSchema } from "./transport.ts";

/** What a node is for: both planes with a database, one plane of a hybrid installation, or a node without a database. */
export const nodeRoleSchema = z.enum(["traditional", "control_plane", "data_plane", "dbless"]);
export type NodeRole = z.infer<typeof nodeRoleSchema>;

/** One Kong node. */
export const nodeSchema = z.object({
  name: z.string(),
  /** `traditional` where absent. */
  role: nodeRoleSchema.optional(),
  /** The `kong` executable as seen by the runner. */
  kong: z.string(),
  conf: z.string(),
  prefix: z.string(),
  /** Admin API base address, e.g. http://127.0.0.1:8001; data planes have none. */
  admin: z.string().optional(),
  /** Status API base address (`status_listen`), e.g. http://127.0.0.1:8007; tells readiness and the loaded configuration. */
  status: z.string().optional(),
  proxy: z.string(),
  /** The name that a data plane tells its control plane (`GET /clustering/data-planes`); the node's name where absent. */
  hostname: z.string().optional(),
  /** Nodes that are upgraded together, e.g. the data planes of one zone. */
  group: z.string().optional(),
  /** How the runner reaches the node: its programs and files are there. On the runner's own machine where absent. */
  transport: transportSchema.optional(),
  /**
   * `kong` commands that need a version which no pod of the node's workload runs (yet) run in Kubernetes Jobs of this
   * image, e.g. `kong:{version}`; only beside a kubectl transport to a workload.
   */
  job: z.object({ image: z.string() }).optional(),
  /** Environment variables for every `kong` command of this node; secrets by reference. */
  env: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), secretRefSchema),
});
export type KongNode = z.infer<typeof nodeSchema>;

/** The Admin API's address. @throws Error for a node without one, such as a data plane */
export function adminOf(node: KongNode): string {
  if (node.admin === undefined) throw new Error(`node ${node.name} has no Admin API`);
  return node.admin;
}
