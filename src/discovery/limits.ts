/** Bounds of one discovery; what lies beyond is named among the sources as not read. */
export const limits = {
  /** Entities of one kind in all workspaces together. */
  entities: 200_000,
  /** Entities of one kind that are only counted, page by page, without keeping one. */
  countedEntities: 1_000_000,
  /** Upstreams whose targets are asked for; each costs a request. */
  upstreamsWithTargets: 2_000,
  workspaces: 500,
  /** Lists that are read at the same time: a busy Admin API must not feel it. */
  parallelLists: 4,
  /** Kong's own maximum for `size`. */
  pageSize: 1_000,
  /** Pages of one list: ten times as many as `entities` fill. */
  pages: 2_000,
  /** Calls in a row without an answer after which an Admin API is not asked any more in the same look. */
  unansweredCalls: 8,
  /** All calls of one look at an Admin API together; 60,000 plugins come in 60 pages. */
  adminLookMs: 600_000,
  httpTimeoutMs: 10_000,
  /** `kong` starts two or more processes per call; 3.9 sometimes takes a second longer at its end. */
  commandTimeoutMs: 30_000,
  /** A pod has to be scheduled, and its image pulled; below the limit of a probe. */
  jobTimeoutMs: 75_000,
  sqlTimeoutMs: 30_000,
  /** Longest answer of the Admin API, kong.conf or a command, in bytes. */
  answerBytes: 32_000_000,
  /** Longest text kept inside an entity, in characters. */
  configText: 4_000,
} as const;
