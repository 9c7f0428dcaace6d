/** Bounds of one discovery; what lies beyond is named among the sources as not read. */
export const limits = {
  routes: 20_000,
  plugins: 20_000,
  services: 20_000,
  /** Kong's own maximum for `size`. */
  pageSize: 1_000,
  httpTimeoutMs: 10_000,
  /** `kong` starts two or more processes per call; 3.9 sometimes takes a second longer at its end. */
  commandTimeoutMs: 30_000,
  sqlTimeoutMs: 30_000,
  /** Longest answer of the Admin API, kong.conf or a command, in bytes. */
  answerBytes: 32_000_000,
  /** All plugin configurations together, in characters of JSON: facts are stored with every upgrade. */
  configTotal: 8_000_000,
  /** Longest text kept inside a plugin's configuration, in characters. */
  configText: 4_000,
} as const;
