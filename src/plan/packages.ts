import { z } from "zod";

/** How a package is put in place, where no install hook says it. */
export const packagesSchema = z.object({
  recipe: z.enum(["apt", "dpkg", "yum", "rpm", "docker"]),
  /** Folder with package files for dpkg and rpm; the version is part of the file's name. */
  folder: z.string().optional(),
  /** Image without tag for docker, e.g. kong/kong-gateway. */
  image: z.string().optional(),
  /** Whether commands go through `sudo -n`. */
  usesSudo: z.boolean(),
});
export type Packages = z.infer<typeof packagesSchema>;
