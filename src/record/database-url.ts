import { AppError } from "#src/kernel/app-error.ts";

/**
 * The address of the database in a form that `pg` understands. A password with a `/`, `?` or `#` in it cuts the address
 * off in the middle, and what is left is the address of something else or none at all; it is never shown.
 * @throws AppError `config_invalid`
 */
export function knownDatabaseUrl(url: string): string {
  if (isKnown(url)) return url;
  throw new AppError(
    "config_invalid",
    "DATABASE_URL is no address of PostgreSQL; write postgres://user:password@host:5432/database, and in the password / ? # @ and % as %2F %3F %23 %40 and %25",
  );
}

/** pg-connection-string 2: a folder of sockets, `socket:`, or a URL, whose host may be left out behind the password. */
function isKnown(url: string): boolean {
  if (/^(?:\/|socket:)/u.test(url)) return true;
  return /^postgres(?:ql)?:\/\//iu.test(url) && (URL.canParse(url) || URL.canParse(url.replace("@/", "@localhost/")));
}
