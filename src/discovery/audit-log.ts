import { z } from "zod";
import { instantOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { DatabaseLogin, DiscoveryPorts } from "./ports.ts";

/** One write through the Admin API, as Kong Enterprise's audit log keeps it; never its body. */
export interface AuditEntry {
  readonly at: Instant;
  readonly method: string;
  /** Without query, which may hold a key. */
  readonly path: string;
  /** `anna (10.0.0.7)`. */
  readonly by: string;
}

/** Writes that are looked through for who it was, the newest first. */
const maxEntries = 500;

const tablesSchema = z.tuple([z.object({ audit: z.boolean(), users: z.boolean() })]);
const text = z.string().nullable();
const entriesSchema = z.array(
  z.object({
    seconds: z.coerce.number(),
    method: z.string(),
    path: z.string(),
    client_ip: text,
    user_id: text,
    user_name: text,
  }),
);

/**
 * Who wrote through the Admin API since a moment, by the table `audit_requests` behind `GET /audit/requests` (Kong
 * Gateway docs, audit logs: client_ip, method, path, status, rbac_user_id, from 3.x on rbac_user_name). Undefined where
 * there is no such table: Kong without Enterprise, or without audit logging there is an empty one.
 */
export async function readAuditLog(
  login: DatabaseLogin,
  since: Instant,
  { ports, timeoutMs }: { readonly ports: DiscoveryPorts; readonly timeoutMs: number },
): Promise<readonly AuditEntry[] | undefined> {
  const [found = []] = await ports.querySql({
    login,
    statements: [
      "select to_regclass('audit_requests') is not null as audit, to_regclass('rbac_users') is not null as users",
    ],
    timeoutMs,
  });
  const [tables] = tablesSchema.parse(found);
  if (!tables.audit) return undefined;
  const [rows = []] = await ports.querySql({ login, statements: [selectSince(since, tables.users)], timeoutMs });
  return entriesSchema.parse(rows).map(({ seconds, method, path, client_ip: ip, user_id: id, user_name: name }) => ({
    at: instantOf(seconds * 1_000),
    method,
    path: path.split("?")[0] ?? "",
    by: `${name ?? id ?? "somebody without an RBAC user"}${ip === null ? "" : ` (${ip})`}`,
  }));
}

/** Columns differ between versions, so each is asked of the row as JSON; an answer of 400 or more wrote nothing. */
function selectSince(since: Instant, hasUsers: boolean): string {
  const seconds = Date.parse(since) / 1_000;
  const row = "to_jsonb(a)";
  const named = hasUsers ? `, (select u.name from rbac_users u where u.id::text = ${row}->>'rbac_user_id')` : "";
  return `select extract(epoch from a.request_timestamp) as seconds, a.method, a.path, ${row}->>'client_ip' as client_ip, ${row}->>'rbac_user_id' as user_id, coalesce(${row}->>'rbac_user_name'${named}) as user_name from audit_requests a where a.method in ('POST', 'PUT', 'PATCH', 'DELETE') and (${row}->>'status')::int < 400 and extract(epoch from a.request_timestamp) >= ${seconds} order by a.request_timestamp desc limit ${maxEntries}`;
}
