import { describe, expect, test } from "vitest";
import { deckCommand, refuseDeck } from "#src/kong/deck.ts";
import type { DeckConversion, DeckPurpose } from "#src/kong/deck.ts";
import { parseVersion } from "#src/kong/version.ts";

function line(version: string, purpose: DeckPurpose): string {
  const command = deckCommand(version, purpose);
  return command.kind === "command" ? command.args.join(" ") : `needs ${command.needs}`;
}

const file = "kong.yaml";

describe("the spelling of a purpose before 1.28 and from it on", () => {
  test.each<readonly [DeckPurpose, string, string]>([
    [{ kind: "ping" }, "ping", "gateway ping"],
    [{ kind: "dump", file }, "dump -o kong.yaml", "gateway dump -o kong.yaml"],
    [{ kind: "dump", file, workspace: "team" }, "dump -w team -o kong.yaml", "gateway dump -w team -o kong.yaml"],
    [{ kind: "dump_all" }, "dump --all-workspaces", "gateway dump --all-workspaces"],
    [{ kind: "diff", file }, "diff --non-zero-exit-code -s kong.yaml", "gateway diff --non-zero-exit-code kong.yaml"],
    [{ kind: "sync", file }, "sync -s kong.yaml", "gateway sync kong.yaml"],
    [{ kind: "validate", file }, "validate -s kong.yaml", "file validate kong.yaml"],
    [{ kind: "validate_online", file }, "validate --online -s kong.yaml", "gateway validate kong.yaml"],
    [{ kind: "reset" }, "reset -f", "gateway reset -f"],
    [
      { kind: "convert", conversion: "2.x-3.x", file, output: "new.yaml" },
      "convert --from kong-gateway-2.x --to kong-gateway-3.x --input-file kong.yaml --output-file new.yaml",
      "file convert --from kong-gateway-2.x --to kong-gateway-3.x --input-file kong.yaml -o new.yaml",
    ],
    [{ kind: "lint", file, ruleset: "rules.yaml" }, "needs 1.28", "file lint -s kong.yaml -F error rules.yaml"],
    [{ kind: "apply", file }, "needs 1.43", "gateway apply kong.yaml"],
  ])("%j", (purpose, old, current) => {
    expect(line("1.27.1", purpose)).toBe(old);
    expect(line("v1.47.1", purpose)).toBe(current);
  });
});

test("1.28 validates in the old spelling, because its new commands ignore the file", () => {
  expect(line("1.28.1", { kind: "validate", file })).toBe("validate -s kong.yaml");
  expect(line("1.28.1", { kind: "validate_online", file })).toBe("validate --online -s kong.yaml");
  expect(line("1.29.0", { kind: "validate", file })).toBe("file validate kong.yaml");
  expect(line("1.28.0", { kind: "sync", file })).toBe("gateway sync kong.yaml");
});

test.each<readonly [DeckConversion, string, string]>([
  ["2.x-3.x", "1.14.0", "1.15.0"],
  ["2.8-3.4", "1.46.3", "1.47.0"],
  ["3.4-3.10", "1.50.0", "1.51.0"],
  ["3.10-3.14", "1.57.2", "1.57.3"],
])("a conversion %s is refused by %s and made by %s", (conversion, before, first) => {
  const purpose = { kind: "convert", conversion, file, output: "new.yaml" } as const;
  expect(deckCommand(before, purpose)).toMatchObject({
    kind: "unavailable",
    reason: expect.stringContaining("convert"),
    needs: expect.stringMatching(/^1\./u),
  });
  expect(deckCommand(first, purpose)).toMatchObject({ kind: "command" });
});

test("placeholders of a converted file stay where decK can leave them, and are warned about where it cannot", () => {
  const purpose = { kind: "convert", conversion: "2.8-3.4", file, output: "new.yaml" } as const;
  const traps = (version: string): string => JSON.stringify(deckCommand(version, purpose));
  expect(line("1.57.2", purpose)).toContain("--no-expand-env-vars");
  expect(traps("1.57.2")).not.toContain("secrets end up");
  expect(line("1.57.1", purpose)).not.toContain("--no-expand-env-vars");
  expect(traps("1.57.1")).toContain("secrets end up");
});

test.each<readonly [DeckPurpose, string]>([
  [{ kind: "dump_all" }, "current folder"],
  [{ kind: "dump", file }, "second choice"],
  [{ kind: "sync", file }, "no --all-workspaces"],
  [{ kind: "convert", conversion: "2.8-3.4", file, output: "new.yaml" }, "top-level routes"],
  [{ kind: "ping" }, "DB-less"],
])("%j comes with its trap", (purpose, trap) => {
  expect(deckCommand("1.65.1", purpose)).toMatchObject({
    traps: expect.arrayContaining([expect.stringContaining(trap)]),
    source: expect.stringContaining("deck"),
  });
});

test.each(["", "latest", "1", "1.x", "1.28.0.1"])("%j is no decK version", (text) => {
  expect(deckCommand(text, { kind: "ping" })).toMatchObject({ kind: "unavailable", needs: undefined });
});

test.each(["1.65.1", "v1.65.1", "decK v1.65.1 (a1b2c3)", "1.65"])("%j is read as a decK version", (text) => {
  expect(line(text, { kind: "ping" })).toBe("gateway ping");
});

test.each([
  ["1.14.0", "3.0.0", true],
  ["1.15.0", "3.0.0", false],
  ["1.14.0", "2.8.5", false],
  ["nonsense", "2.8.5", true],
])("decK %s for Kong %s is refused: %s", (deck, kong, answer) => {
  const version = parseVersion(kong);
  if (version === undefined) throw new Error(`${kong} is no version`);
  expect(refuseDeck(deck, version) !== undefined).toBe(answer);
});
