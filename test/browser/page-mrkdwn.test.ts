import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDate, secondsInZone, wallTime } from "#practice/slack/page/mrkdwn/date-token.ts";
import { parseMrkdwn } from "#practice/slack/page/mrkdwn/parse.ts";
import type { Inline } from "#practice/slack/page/mrkdwn/syntax.ts";

/** Writes parsed inlines in a short form: marks as tags, control sequences as {kind:…}. */
function short(inlines: readonly Inline[]): string {
  return inlines.map((inline) => shortOne(inline)).join("");
}

function shortOne(inline: Inline): string {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "break":
      return "⏎";
    case "bold":
    case "italic":
    case "strike":
    case "code":
      return `[${inline.kind} ${short(inline.children)}]`;
    case "link":
      return `{link ${inline.url} ${inline.label}}`;
    case "user":
    case "channel":
    case "group":
      return `{${inline.kind} ${inline.id}}`;
    case "range":
      return `{${inline.range}}`;
    case "emoji":
      return `{:${inline.name}:}`;
    case "date":
      return `{date ${inline.seconds} ${inline.format} ${inline.fallback}}`;
    default:
      return inline satisfies never;
  }
}

function read(text: string): string {
  return parseMrkdwn(text)
    .map(({ kind, children }) => (kind === "paragraph" ? short(children) : `<${kind} ${short(children)}>`))
    .join("¶");
}

describe("mrkdwn is read by Slack's rules:", () => {
  test.each([
    ["*bold* _it_ ~gone~ `code`", "[bold bold] [italic it] [strike gone] [code code]"],
    ["*bold _and italic_*", "[bold bold [italic and italic]]"],
    ["2 * 3 * 4 and a*b*c and snake_case_name", "2 * 3 * 4 and a*b*c and snake_case_name"],
    ["* not bold*", "* not bold*"],
    ["**", "**"],
    ["(*x*), *y*.", "([bold x]), [bold y]."],
    ["*over\nlines*", "*over⏎lines*"],
    ["`*raw* &lt;b&gt;`", "[code *raw* <b>]"],
    ["a &amp;lt; b &amp; c &quot;", "a &lt; b & c &quot;"],
    ["<b>bold</b>", "<b>bold</b>"],
    ["<@U0ALICE01> in <#C0PRACTCE|kong-practice>", "{user U0ALICE01} in {channel C0PRACTCE}"],
    ["<!here> <!channel> <!everyone>", "{here} {channel} {everyone}"],
    ["&lt;!channel&gt;", "<!channel>"],
    ["<!subteam^S0APPROVE|@kong-approvers>", "{group S0APPROVE}"],
    ["<https://evil.example|https://good.example>", "{link https://evil.example https://good.example}"],
    ["<javascript:alert(1)|click>", "<javascript:alert(1)|click>"],
    ["see https://a.example/x?y=1&amp;z=2.", "see {link https://a.example/x?y=1&z=2 }."],
    ["<!date^1795215600^{date_num} {time}|20 Nov>", "{date 1795215600 {date_num} {time} 20 Nov}"],
    [":tada: 12:30:45 :no such:", "{:tada:} 12{:30:}45 :no such:"],
    ["&gt; one\n> two\nthree", "<quote one⏎two>¶three"],
    [">>> all\nof it\n> this", "<quote all⏎of it⏎> this>"],
    ["run:\n```kong *up*\n  -v```\nnow", "run:¶<pre kong *up*⏎  -v>¶now"],
  ])("%j", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test("any text is read without an error, and text without marks comes back as it was", () => {
    const property = fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(() => read(text)).not.toThrow();
      const plain = text.replaceAll(/[*_~`<>:&\n]|https?/g, "");
      expect(read(plain)).toBe(plain);
    });
    fc.assert(property);
  });
});

describe("date tokens", () => {
  const seconds = 1_795_215_600;
  const nowMs = seconds * 1000;

  test.each([
    ["{date_num} {time}", "Europe/Berlin", "2026-11-21 00:00"],
    ["{date_num} {time}", "America/New_York", "2026-11-20 18:00"],
    ["{date}", "UTC", "November 20th, 2026"],
    ["{date_short}", "UTC", "Nov 20, 2026"],
    ["{date_long} at {time_secs}", "UTC", "Friday, November 20th, 2026 at 23:00:00"],
    ["{date_short_pretty}", "UTC", "today"],
    ["{unknown} {ago}", "UTC", "{unknown} 0 seconds ago"],
  ])("%s in %s are %s", (format, zone, expected) => {
    expect(formatDate(format, { seconds, zone, nowMs })).toBe(expected);
  });

  test("a day is named by the viewer's calendar, not by UTC's", () => {
    const shortlyBefore = { seconds, zone: "UTC", nowMs: nowMs + 3 * 3_600_000 };
    expect(formatDate("{date_pretty}", shortlyBefore)).toBe("yesterday");
    expect(formatDate("{date_pretty}", { ...shortlyBefore, zone: "Europe/Berlin" })).toBe("today");
  });

  test.each(["Europe/Berlin", "America/New_York", "Asia/Kolkata"])(
    "a typed wall time goes to seconds and back in %s",
    (zone) => {
      expect(wallTime(secondsInZone("2026-11-20T22:30", zone), zone)).toBe("2026-11-20T22:30");
    },
  );
});
