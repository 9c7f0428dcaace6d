/** A plugin through the lines: the priorities begin at a line or at an exact version, in ascending order. */
export type PluginHistory = readonly [
  name: string,
  since: string,
  priorities: readonly (readonly [from: string, priority: number])[],
  /** The first line without the plugin. */
  until?: string,
];
