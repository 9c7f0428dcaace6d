import { randomBytes } from "node:crypto";

const MAX_USES = 5;
const LIFE_MS = 30 * 60_000;
const MAX_URLS = 2_000;

/** What a response_url belongs to; `message` is absent for commands and shortcuts, which have nothing to replace. */
export type ResponseTarget = {
  readonly user: string;
  readonly channel: string;
  readonly message?: { readonly ts: string; readonly isEphemeral: boolean; readonly threadTs: string | undefined };
};

/** The answer to one use of a response_url. */
export type ResponseUse =
  | { readonly kind: "ok"; readonly target: ResponseTarget }
  | { readonly kind: "refused"; readonly error: "invalid_url" | "used_url" | "expired_url" };

/** What was sent to a response_url, and how that was answered. */
export type ResponseAnswer = { readonly status: number; readonly body: unknown };

type Entry = { readonly target: ResponseTarget; readonly madeAt: number; uses: number; answers: ResponseAnswer[] };

/** response_urls: 5 uses within 30 minutes (docs.slack.dev, handling user interaction). */
export class ResponseUrls {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Makes the path of a new response_url; the caller puts the workspace's address before it. */
  make(kind: "commands" | "actions" | "app", team: string, target: ResponseTarget): string {
    const path = `/${kind}/${team}/${this.#entries.size + 7_001}/${randomBytes(9).toString("base64url")}`;
    this.#entries.set(path, { target, madeAt: this.#now(), uses: 0, answers: [] });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > MAX_URLS && oldest.done !== true) this.#entries.delete(oldest.value);
    return path;
  }

  use(path: string): ResponseUse {
    const entry = this.#entries.get(path);
    if (entry === undefined) return { kind: "refused", error: "invalid_url" };
    if (this.#now() - entry.madeAt > LIFE_MS) return { kind: "refused", error: "expired_url" };
    if (entry.uses >= MAX_USES) return { kind: "refused", error: "used_url" };
    entry.uses += 1;
    return { kind: "ok", target: entry.target };
  }

  /** Keeps what came to a response_url; one has 5 uses, and a few refusals are kept too. */
  remember(path: string, answer: ResponseAnswer): void {
    const entry = this.#entries.get(path);
    if (entry !== undefined && entry.answers.length < 2 * MAX_USES) entry.answers.push(answer);
  }

  /** What has come to a response_url until now, oldest first. */
  answersOf(path: string): readonly ResponseAnswer[] {
    return this.#entries.get(path)?.answers ?? [];
  }
}
