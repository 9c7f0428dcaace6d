import { deckCommand, refuseDeck } from "#src/kong/deck.ts";
import type { DeckConversion, DeckPurpose } from "#src/kong/deck.ts";
import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import { adminOf } from "#src/plan/kong-node.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";

/**
 * The words of a decK command; undefined where decK is not configured or cannot do it. With a node it speaks to that
 * node's Admin API, and is left to a person where that wants a token: arguments can be read by everybody on the host.
 */
export function deckWords(
  { deck, adminApi }: Environment,
  purpose: DeckPurpose,
  node?: KongNode,
): readonly string[] | undefined {
  if (deck === undefined) return undefined;
  const command = deckCommand(deck.version, purpose);
  if (command.kind === "unavailable") return undefined;
  const words = [deck.program, ...command.args];
  if (node === undefined) return words;
  if (adminApi?.token !== undefined || node.admin === undefined) return undefined;
  const files = [
    ["--ca-cert-file", adminApi?.ca],
    ["--tls-client-cert-file", adminApi?.certificate],
    ["--tls-client-key-file", adminApi?.key],
  ] as const;
  const tls = files.flatMap(([flag, file]) => (file === undefined ? [] : [flag, file]));
  return [...words, "--kong-addr", adminOf(node), ...tls];
}

/** Whether this decK knows the entities of that Kong version. */
export function knowsKong({ deck }: Environment, version: string): boolean {
  const kong = parseVersion(version);
  return deck !== undefined && kong !== undefined && refuseDeck(deck.version, kong) === undefined;
}

/** Formats that differ between two lines, newest first. */
const conversions = [
  ["3.10", "3.14", "3.10-3.14"],
  ["3.4", "3.10", "3.4-3.10"],
] as const satisfies readonly (readonly [string, string, DeckConversion])[];

/** How a declarative file has to be converted on the way from one version to another; undefined where decK knows nothing to convert. */
export function conversionOf(from: string, to: string): DeckConversion | undefined {
  const [old, wanted] = [parseVersion(from), parseVersion(to)];
  if (old === undefined || wanted === undefined) return undefined;
  if (!isAtLeast(old, "3.0") && isAtLeast(wanted, "3.0")) {
    return isAtLeast(old, "2.8") && isAtLeast(wanted, "3.4") ? "2.8-3.4" : "2.x-3.x";
  }
  return conversions.find(
    ([low, high]) => !isAtLeast(old, high) && isAtLeast(old, low) && isAtLeast(wanted, high),
  )?.[2];
}
