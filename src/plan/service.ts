import { z } from "zod";

/** How a node is started and stopped, where it is not by `kong start` and `kong quit`. */
export const serviceSchema = z.object({
  recipe: z.enum(["systemd", "docker"]),
  /** systemd unit or container; `{node}` is replaced. */
  unit: z.string(),
  usesSudo: z.boolean(),
});
export type Service = z.infer<typeof serviceSchema>;
