/** SQL for a `timestamptz` in the one form that is hashed and parsed: UTC, ISO 8601, milliseconds. */
export function instantSql(expression: string): string {
  return `to_char(${expression} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
