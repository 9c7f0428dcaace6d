import { z } from "zod";

export const smokeTestSchema = z.object({
  name: z.string(),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  expectStatus: z.number().int(),
});
export type SmokeTest = z.infer<typeof smokeTestSchema>;
