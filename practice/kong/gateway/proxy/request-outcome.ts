/** What a plugin or the proxy itself answers instead of the upstream. */
export interface Answer {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A body to send as it is, instead of a JSON message. */
  readonly raw?: { readonly body: string; readonly contentType: string };
}

/** The consumer a credential belongs to. */
export interface KnownConsumer {
  readonly id: string;
  readonly username: string | null;
  readonly customId: string | null;
}
