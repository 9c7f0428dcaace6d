import { z } from "zod";

/** Values of one Helm release: its only file, or several files in Helm's order, in which later ones win. */
const helmValuesSchema = z.union([
  z.string(),
  z.object({ release: z.string().optional(), values: z.array(z.string()).min(1).readonly() }),
]);

/** Files on the runner that discovery reads beside the live installation. */
export const sourceFilesSchema = z.object({
  declarative: z.array(z.string()).readonly(),
  template: z.string().optional(),
  plugins: z.array(z.string()).readonly(),
  scripts: z.array(z.string()).readonly(),
  dashboards: z.array(z.string()).readonly(),
  manifests: z.array(z.string()).readonly(),
  helmValues: z.array(helmValuesSchema).readonly(),
});
