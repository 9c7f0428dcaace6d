/** What was looked at: a word for grouping, the same in text and JSON. */
export type Area =
  | "configuration"
  | "database"
  | "queue"
  | "slack"
  | "keys"
  | "clock"
  | "runners"
  | "secrets"
  | "tools"
  | "kong"
  | "metrics"
  | "hosts"
  | "disk";

/** One line of the report. `fix` says what to do, and is there wherever something is not as it should be. */
export type Finding = { readonly area: Area; readonly subject: string; readonly seen: string } & (
  | { readonly verdict: "ok" }
  | { readonly verdict: "warning" | "failed" | "not_checked"; readonly fix: string }
);

/** What a line is about. */
export interface About {
  readonly area: Area;
  readonly subject: string;
}

export function ok(about: About, seen: string): Finding {
  return { ...about, verdict: "ok", seen };
}

/** It works now, and may not tonight. */
export function warning(about: About, seen: string, fix: string): Finding {
  return { ...about, verdict: "warning", seen, fix };
}

export function failed(about: About, seen: string, fix: string): Finding {
  return { ...about, verdict: "failed", seen, fix };
}

/** `fix` says how to have it looked at. */
export function notChecked(about: About, why: string, fix: string): Finding {
  return { ...about, verdict: "not_checked", seen: why, fix };
}
