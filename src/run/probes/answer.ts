/** The answer of one probe before it is redacted and bounded. */
export interface Answer {
  readonly verdict: "ok" | "not_ok" | "undetermined";
  /** One sentence, e.g. "kong-1 serves 3.4.2, database reachable". */
  readonly summary: string;
  readonly details?: readonly string[];
  /** Of evidence: it still works, so that it must not be tried again now. */
  readonly isRunning?: true;
}

export function good(summary: string, details: readonly string[] = []): Answer {
  return { verdict: "ok", summary, details };
}

export function bad(summary: string, details: readonly string[] = []): Answer {
  return { verdict: "not_ok", summary, details };
}

/** Nobody can tell: the question could not be asked, or its answers contradict each other. */
export function unclear(summary: string, details: readonly string[] = []): Answer {
  return { verdict: "undetermined", summary, details };
}
