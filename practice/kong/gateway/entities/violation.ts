import type { ConfigurationValue } from "#practice/kong/gateway/profile.ts";

/** An answer of the Admin API that refuses a request: Kong's status and error document. */
export class AdminRefusal extends Error {
  override readonly name = "AdminRefusal";
  readonly status: 400 | 404 | 409 | 413;
  readonly body: Readonly<Record<string, ConfigurationValue>>;

  constructor(status: 400 | 404 | 409 | 413, body: Readonly<Record<string, ConfigurationValue>>) {
    super(JSON.stringify(body["message"]));
    this.status = status;
    this.body = body;
  }
}

/** What is wrong with a document, by field; nested documents nest, lists hold null for good entries. */
export interface Violations {
  readonly [field: string]: string | readonly (string | null)[] | Violations;
}

/** Kong's "schema violation" document, as recorded for 2.8.5, 3.4.2 and 3.9.3. */
export function schemaViolation(fields: Violations): AdminRefusal {
  const lines = describe(fields, "");
  const message =
    lines.length === 1
      ? `schema violation (${lines.join("")})`
      : `${lines.length} schema violations (${lines.join("; ")})`;
  return new AdminRefusal(400, { code: 2, name: "schema violation", message, fields: plain(fields) });
}

/** Kong's answer for a row that would exist twice. */
export function uniqueViolation(field: string, value: string): AdminRefusal {
  return new AdminRefusal(409, {
    code: 5,
    name: "unique constraint violation",
    message: `UNIQUE violation detected on '{${field}="${value}"}'`,
    fields: { [field]: value },
  });
}

/** Kong's answer for a reference to something that is not there. */
export function foreignKeyViolation(field: string, id: string, entity: string): AdminRefusal {
  return new AdminRefusal(400, {
    code: 4,
    name: "foreign key violation",
    message: `the foreign key '{id="${id}"}' does not reference an existing '${entity}' entity.`,
    fields: { [field]: { id } },
  });
}

/** Kong's answer for deleting something that others point at. */
export function referencedViolation(entity: string, by: string): AdminRefusal {
  return new AdminRefusal(400, {
    code: 4,
    name: "foreign key violation",
    message: `an existing '${by}' entity references this '${entity}' entity`,
    fields: { "@referenced_by": by },
  });
}

/** The 404 of every unknown path and entity. */
export function notFound(): AdminRefusal {
  return new AdminRefusal(404, { message: "Not found" });
}

function describe(fields: Violations, path: string): string[] {
  return Object.entries(fields).flatMap(([field, problem]) => {
    if (typeof problem === "string") return [`${path}${field}: ${problem}`];
    if (isList(problem)) {
      return problem.flatMap((one, index) => (one === null ? [] : [`${path}${field}.${index + 1}: ${one}`]));
    }
    return describe(problem, `${path}${field}.`);
  });
}

function isList(problem: Violations | readonly (string | null)[]): problem is readonly (string | null)[] {
  return Array.isArray(problem);
}

function plain(fields: Violations): Record<string, ConfigurationValue> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, problem]): [string, ConfigurationValue] => {
      if (typeof problem === "string") return [field, problem];
      return [field, isList(problem) ? [...problem] : plain(problem)];
    }),
  );
}
