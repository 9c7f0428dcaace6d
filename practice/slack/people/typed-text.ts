import type { World } from "#practice/slack/world/world.ts";

const NAMES = /<@(?<id>[UW]\w+)(?:\|[^>]*)?>|(?<![\w/.])@(?<name>[\w.-]+)|(?<![\w&])#(?<channel>[a-z0-9_-]+)/gu;
const LINKS = /(?<![<|])https?:\/\/[^\s<>|]+/gu;

/** The text of a command whose manifest says `should_escape`: mentions, channels and links in their bracketed forms. */
export function escapeCommandText(world: World, text: string): string {
  return link(world, entities(text), { withNames: true });
}

/**
 * The text of a message as a client sends it: `&`, `<`, `>` become entities; `@name`, `@channel` and `#channel` become
 * mentions. A typed `<@U…>` of a known person counts as picked from the client's list; typed `<!here>` stays harmless text.
 */
export function typedMessage(world: World, text: string): string {
  return link(world, entities(text), { withNames: false });
}

function entities(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function link(world: World, escaped: string, form: { readonly withNames: boolean }): string {
  const picked = escaped.replaceAll(/&lt;@(?<id>[UW]\w+)(?:\|.*?)?&gt;/gu, (whole, id: string) =>
    world.people.has(id) ? `<@${id}>` : whole,
  );
  const named = picked.replaceAll(NAMES, (...parts) => {
    const groups = parts.at(-1);
    return mention(world, { whole: parts[0], ...names(groups) }, form.withNames);
  });
  return named.replaceAll(LINKS, (url) => `<${url}>`);
}

type Found = { readonly whole: string; readonly id?: string; readonly name?: string; readonly channel?: string };

function names(groups: unknown): Omit<Found, "whole"> {
  if (typeof groups !== "object" || groups === null) return {};
  return Object.fromEntries(Object.entries(groups).filter(([, value]) => typeof value === "string"));
}

function mention(world: World, found: Found, withNames: boolean): string {
  if (found.id !== undefined) {
    const person = world.people.get(found.id);
    return person === undefined ? found.whole : `<@${person.id}${withNames ? `|${person.name}` : ""}>`;
  }
  if (found.channel !== undefined) {
    const channel = [...world.channels.values()].find((it) => it.kind === "channel" && it.name === found.channel);
    return channel === undefined ? found.whole : `<#${channel.id}|${channel.name}>`;
  }
  const name = found.name ?? "";
  if (name === "here" || name === "channel" || name === "everyone") return `<!${name}>`;
  const person = [...world.people.values()].find((it) => it.name === name);
  if (person !== undefined) return `<@${person.id}${withNames ? `|${person.name}` : ""}>`;
  const group = [...world.groups.values()].find((it) => it.handle === name);
  return group === undefined ? found.whole : `<!subteam^${group.id}${withNames ? `|@${group.handle}` : ""}>`;
}
