import { z } from "zod";
import { secretRefSchema } from "./secret-ref.ts";

/** How the Admin API is asked: with a token header, over mTLS, and for which workspaces. Paths of PEM files on the runner. */
export const adminApiSchema = z.object({
  token: secretRefSchema.optional(),
  /** `Kong-Admin-Token` where absent. */
  tokenHeader: z.string().optional(),
  ca: z.string().optional(),
  certificate: z.string().optional(),
  key: z.string().optional(),
  /** All that `GET /workspaces` lists where absent. */
  workspaces: z.array(z.string()).readonly().optional(),
});
