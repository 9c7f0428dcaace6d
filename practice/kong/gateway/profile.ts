import { readdir, readFile } from "node:fs/promises";
import { z } from "zod";

/** A value as `GET /` shows it under `configuration`. */
export type ConfigurationValue = z.infer<ReturnType<typeof z.json>>;

const profile = z.object({
  /** Where the values come from; `recorded: false` means that no real Kong of this version was asked. */
  source: z.string(),
  recorded: z.boolean(),
  /** `empty`: a database without Kong's tables counts as one without entities, for versions whose schema is not simulated. */
  missing_tables: z.enum(["error", "empty"]).default("error"),
  version: z.string(),
  tagline: z.string(),
  lua_version: z.string(),
  edition: z.string().optional(),
  timers: z.object({ running: z.number(), pending: z.number() }),
  admin_headers: z.record(z.string(), z.string()),
  status_ready: z.boolean(),
  timers_endpoint: z.boolean(),
  /** Whether the status listener takes `{"status": "draining"}` (`kong drain`, 3.9). */
  drains: z.boolean().default(false),
  routing: z.object({
    /** `characters`: a path is a regex when it holds characters a plain path does not have; `tilde`: when it starts with `~`. */
    regex: z.enum(["characters", "tilde"]),
    /** Whether a leading `~` marks a regex at all (from 2.8.2). */
    tilde: z.boolean(),
    /** Before 3.0 percent-encoded characters inside a regex path were decoded before matching. */
    decodes_regex: z.boolean(),
    path_error: z.string(),
  }),
  error_body: z.enum(["plain", "with_request_id"]),
  worker_memory: z.string(),
  lua_shared_dicts: z.record(z.string(), z.object({ capacity: z.string(), allocated_slabs: z.string() })),
  available_plugins: z.record(
    z.string(),
    z.union([z.literal(true), z.object({ version: z.string(), priority: z.number() })]),
  ),
  configuration: z.record(z.string(), z.json()),
});

/** What differs between Kong versions as seen from outside, as data: adding a version is adding a file in `profiles/`. */
export type Profile = Readonly<z.infer<typeof profile>>;

const folder = new URL("./profiles/", import.meta.url);

/** Loads the profile of one version; an unknown version is an error that names the known ones. */
export async function loadProfile(version: string): Promise<Profile> {
  const known = (await readdir(folder)).map((name) => name.replace(/\.json$/, ""));
  if (!known.includes(version)) {
    throw new Error(`no simulated gateway for Kong ${version}; there is one for ${known.sort().join(", ")}`);
  }
  return profile.parse(JSON.parse(await readFile(new URL(`${version}.json`, folder), "utf8")));
}

/** Whether version `a` is the same as or later than `b`; both are `x.y.z`. */
export function isAtLeast(a: string, b: string): boolean {
  return a.localeCompare(b, "en", { numeric: true }) >= 0;
}
