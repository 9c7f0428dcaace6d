import { createHash } from "node:crypto";
import { lstat, readlink, rm, symlink } from "node:fs/promises";

/** Words made of these go through a shell unquoted and unharmed, as Kong 3.4 and later demand of their arguments. */
const plain = /^[\w./:@%+=,-]+$/u;

/**
 * The folder itself, or a link to it with a plain name: plans refuse paths with spaces and the like. The link's name
 * depends on the folder only, because the plan of an open upgrade holds paths.
 * @throws Error when somebody else owns a link of that name.
 */
export async function plainPathOf(folder: string): Promise<string> {
  if (plain.test(folder)) return folder;
  const link = `/var/tmp/kong-upgrade-data-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`;
  const existing = await lstat(link).catch(() => undefined);
  if (existing !== undefined && existing.uid !== process.getuid?.())
    throw new Error(`${link} belongs to somebody else; give a folder without spaces: npm run practice -- --data DIR`);
  const target = existing?.isSymbolicLink() === true ? await readlink(link) : undefined;
  if (target === folder) return link;
  await rm(link, { force: true });
  await symlink(folder, link);
  return link;
}
