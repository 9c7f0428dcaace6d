/** What the bot token may do; exactly the scopes of manifest.yml, which a test compares. */
export const botScopes = [
  "channels:history",
  "channels:read",
  "chat:write",
  "commands",
  "files:write",
  "groups:history",
  "groups:read",
  "im:history",
  "im:write",
  "usergroups:read",
  "users:read",
] as const;
