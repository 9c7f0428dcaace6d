import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validateMessage, validateView } from "#src/slack/block-kit/validate.ts";

const plain = (text: string): object => ({ type: "plain_text", text });
const mrkdwn = (text: string): object => ({ type: "mrkdwn", text });
const section = (text: string, more: object = {}): object => ({ type: "section", text: mrkdwn(text), ...more });
const button = (more: object = {}): object => ({ type: "button", action_id: "a", text: plain("Go"), ...more });
const actions = (...elements: readonly object[]): object => ({ type: "actions", elements });
const option = (value: string): object => ({ text: plain(value), value });
const select = (more: object): object => ({ type: "static_select", action_id: "s", ...more });
const x = (count: number): string => "x".repeat(count);
const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

describe("a message", () => {
  const cases: readonly (readonly [string, readonly unknown[], string | undefined, string | undefined])[] = [
    ["a section of 3000 characters", [section(x(3000))], undefined, undefined],
    ["a section of 3001 characters", [section(x(3001))], "/blocks/0/text/text", "must be less than 3001 characters"],
    ["an empty section text", [section("")], "/blocks/0/text/text", "must be more than 0 characters"],
    ["a section without text and fields", [{ type: "section" }], "/blocks/0", "must define either `text` or `fields`"],
    ["10 fields", [{ type: "section", fields: many(10, () => mrkdwn("x")) }], undefined, undefined],
    [
      "11 fields",
      [{ type: "section", fields: many(11, () => mrkdwn("x")) }],
      "/blocks/0/fields",
      "no more than 10 items allowed",
    ],
    [
      "a field of 2001 characters",
      [{ type: "section", fields: [mrkdwn(x(2001))] }],
      "/blocks/0/fields/0/text",
      "must be less than 2001 characters",
    ],
    ["a header of 150 characters", [{ type: "header", text: plain(x(150)) }], undefined, undefined],
    [
      "a header of 151 characters",
      [{ type: "header", text: plain(x(151)) }],
      "/blocks/0/text/text",
      "must be less than 151 characters",
    ],
    [
      "a header in mrkdwn",
      [{ type: "header", text: mrkdwn("x") }],
      "/blocks/0/text/type",
      'unsupported type: "mrkdwn"',
    ],
    [
      "11 context elements",
      [{ type: "context", elements: many(11, () => mrkdwn("x")) }],
      "/blocks/0/elements",
      "no more than 10 items allowed",
    ],
    ["25 buttons", [actions(...many(25, (i) => button({ action_id: `a${i}` })))], undefined, undefined],
    [
      "26 buttons",
      [actions(...many(26, (i) => button({ action_id: `a${i}` })))],
      "/blocks/0/elements",
      "no more than 25 items allowed",
    ],
    ["no buttons", [actions()], "/blocks/0/elements", "no fewer than 1 items allowed"],
    [
      "a button text of 76",
      [actions(button({ text: plain(x(76)) }))],
      "/blocks/0/elements/0/text/text",
      "must be less than 76 characters",
    ],
    [
      "a button value of 2001",
      [actions(button({ value: x(2001) }))],
      "/blocks/0/elements/0/value",
      "must be less than 2001 characters",
    ],
    [
      "an action_id of 256",
      [actions(button({ action_id: x(256) }))],
      "/blocks/0/elements/0/action_id",
      "must be less than 256 characters",
    ],
    [
      "a style of its own",
      [actions(button({ style: "default" }))],
      "/blocks/0/elements/0/style",
      "must be one of: primary, danger",
    ],
    [
      "an unknown field",
      [actions(button({ colour: "red" }))],
      "/blocks/0/elements/0",
      "invalid additional property: colour",
    ],
    [
      "a button without text",
      [actions({ type: "button", action_id: "a" })],
      "/blocks/0/elements/0",
      "missing required field: text",
    ],
    [
      "a confirm title of 101",
      [actions(button({ confirm: { title: plain(x(101)), text: plain("x"), confirm: plain("y"), deny: plain("n") } }))],
      "/blocks/0/elements/0/confirm/title/text",
      "must be less than 101 characters",
    ],
    [
      "a confirm button of 31",
      [actions(button({ confirm: { text: plain("x"), confirm: plain(x(31)) } }))],
      "/blocks/0/elements/0/confirm/confirm/text",
      "must be less than 31 characters",
    ],
    [
      "101 options",
      [section("x", { accessory: select({ options: many(101, (i) => option(`o${i}`)) }) })],
      "/blocks/0/accessory/options",
      "no more than 100 items allowed",
    ],
    [
      "options and groups",
      [
        section("x", {
          accessory: select({ options: [option("a")], option_groups: [{ label: plain("g"), options: [option("b")] }] }),
        }),
      ],
      "/blocks/0/accessory",
      "must define either `options` or `option_groups`",
    ],
    [
      "an option text of 76",
      [section("x", { accessory: select({ options: [{ text: plain(x(76)), value: "v" }] }) })],
      "/blocks/0/accessory/options/0/text/text",
      "must be less than 76 characters",
    ],
    [
      "an initial option that is none",
      [section("x", { accessory: select({ options: [option("a")], initial_option: option("b") }) })],
      "/blocks/0/accessory/initial_option",
      "must be one of the options",
    ],
    [
      "6 overflow options",
      [section("x", { accessory: { type: "overflow", options: many(6, (i) => option(`o${i}`)) } })],
      "/blocks/0/accessory/options",
      "no more than 5 items allowed",
    ],
    [
      "11 checkboxes",
      [actions({ type: "checkboxes", options: many(11, (i) => option(`o${i}`)) })],
      "/blocks/0/elements/0/options",
      "no more than 10 items allowed",
    ],
    [
      "a text input outside an input block",
      [actions({ type: "plain_text_input", action_id: "t" })],
      "/blocks/0/elements/0/type",
      'unsupported type: "plain_text_input"',
    ],
    [
      "a date that is none",
      [actions({ type: "datepicker", initial_date: "tomorrow" })],
      "/blocks/0/elements/0/initial_date",
      "must be a date as YYYY-MM-DD",
    ],
    [
      "an image without source",
      [{ type: "image", alt_text: "x" }],
      "/blocks/0",
      "must define either `image_url` or `slack_file`",
    ],
    [
      "an image with a strange URL",
      [{ type: "image", alt_text: "x", image_url: "javascript:alert(1)" }],
      "/blocks/0/image_url",
      "must be a valid URL",
    ],
    ["an unknown block", [{ type: "checklist" }], "/blocks/0/type", 'unsupported type: "checklist"'],
    ["a block without type", [{ text: "x" }], "/blocks/0", "missing required field: type"],
    ["a block that is text", ["x"], "/blocks/0", "must provide an object"],
    [
      "a repeated block_id",
      [section("x", { block_id: "b" }), section("y", { block_id: "b" })],
      "/blocks/1/block_id",
      '`block_id` already exists: "b"',
    ],
    [
      "a repeated action_id in a block",
      [actions(button(), button())],
      "/blocks/0/elements/1/action_id",
      '`action_id` already exists: "a"',
    ],
    ["50 blocks", many(50, () => ({ type: "divider" })), undefined, undefined],
    ["51 blocks", many(51, () => ({ type: "divider" })), "/blocks", "no more than 50 items allowed"],
    [
      "two tables",
      many(2, () => ({ type: "table", rows: [[{ type: "raw_text", text: "x" }]] })),
      "/blocks",
      "only one table allowed",
    ],
    [
      "a row of 21 cells",
      [{ type: "table", rows: [many(21, () => ({ type: "raw_text", text: "x" }))] }],
      "/blocks/0/rows/0",
      "no more than 20 items allowed",
    ],
    [
      "12001 characters of markdown in two blocks",
      [
        { type: "markdown", text: x(6000) },
        { type: "markdown", text: x(6001) },
      ],
      "/blocks",
      "markdown blocks must be less than 12001 characters in total",
    ],
    [
      "an alert, which is for modals",
      [{ type: "alert", text: plain("x") }],
      "/blocks/0/type",
      'unsupported type: "alert"',
    ],
    [
      "a card without anything",
      [{ type: "card" }],
      "/blocks/0",
      "must define either `hero_image` or `title` or `actions` or `body`",
    ],
    [
      "a task card with a status of its own",
      [{ type: "task_card", task_id: "t", title: "x", status: "done" }],
      "/blocks/0/status",
      "must be one of: pending, in_progress, complete, error",
    ],
    [
      "rich text with an unknown part",
      [{ type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "script" }] }] }],
      "/blocks/0/elements/0/elements/0/type",
      'unsupported type: "script"',
    ],
    [
      "rich text as Slack's composer makes it",
      [
        {
          type: "rich_text",
          elements: [
            { type: "rich_text_preformatted", elements: [{ type: "text", text: "ls" }] },
            {
              type: "rich_text_list",
              style: "bullet",
              indent: 0,
              elements: [
                {
                  type: "rich_text_section",
                  elements: [
                    { type: "user", user_id: "U1" },
                    { type: "text", text: "x", style: { bold: true } },
                  ],
                },
              ],
            },
          ],
        },
      ],
      undefined,
      undefined,
    ],
  ];

  test.each(cases)("with %s gets the verdict of Slack's documents", (_, blocks, pointer, message) => {
    const [first, ...more] = validateMessage({ blocks });
    expect(first?.pointer).toBe(pointer);
    expect(first?.message).toBe(message);
    expect(more).toEqual([]);
  });

  test("with several faults gets all of them", () => {
    const pointers = validateMessage({ blocks: [section(""), { type: "nothing" }], text: 7 }).map((it) => it.pointer);
    expect(pointers).toEqual(["/text", "/blocks/0/text/text", "/blocks/1/type"]);
  });

  test("with blocks that are no list is told so", () => {
    expect(validateMessage({ blocks: {} })).toEqual([
      { pointer: "/blocks", code: "wrong_type", message: "must be an array" },
    ]);
  });
});

describe("a view", () => {
  const input = {
    type: "input",
    block_id: "i",
    label: plain("Why"),
    element: { type: "plain_text_input", action_id: "t" },
  };
  const modal = (more: object): object => ({
    type: "modal",
    title: plain("T"),
    submit: plain("OK"),
    blocks: [input],
    ...more,
  });
  const cases: readonly (readonly [string, object, string | undefined, string | undefined])[] = [
    ["a plain modal", modal({}), undefined, undefined],
    ["a title of 25", modal({ title: plain(x(25)) }), "/title/text", "must be less than 25 characters"],
    ["a submit of 25", modal({ submit: plain(x(25)) }), "/submit/text", "must be less than 25 characters"],
    ["no title", { type: "modal", submit: plain("OK"), blocks: [input] }, "", "missing required field: title"],
    [
      "an input but no submit",
      { type: "modal", title: plain("T"), blocks: [input] },
      "/submit",
      "missing required field: submit (a modal with input blocks needs it)",
    ],
    [
      "private_metadata of 3001",
      modal({ private_metadata: x(3001) }),
      "/private_metadata",
      "must be less than 3001 characters",
    ],
    [
      "submit_disabled, which only answers have",
      modal({ submit_disabled: false }),
      "",
      "invalid additional property: submit_disabled",
    ],
    [
      "101 blocks",
      modal({ blocks: many(101, () => ({ type: "divider" })) }),
      "/blocks",
      "no more than 100 items allowed",
    ],
    ["no blocks", modal({ blocks: [] }), "/blocks", "no fewer than 1 items allowed"],
    [
      "a table, which is for messages",
      modal({ blocks: [{ type: "table", rows: [[{ type: "raw_text", text: "x" }]] }] }),
      "/blocks/0/type",
      'unsupported type: "table"',
    ],
    ["an alert", modal({ blocks: [{ type: "alert", level: "warning", text: plain("x") }] }), undefined, undefined],
    [
      "a home with a title",
      { type: "home", title: plain("T"), blocks: [section("x")] },
      "",
      "invalid additional property: title",
    ],
    ["a home", { type: "home", blocks: [section("x"), actions(button())] }, undefined, undefined],
    ["another type", { type: "dialog", blocks: [] }, "/type", 'unsupported type: "dialog"'],
    [
      "min_length above max_length",
      modal({ blocks: [{ ...input, element: { type: "plain_text_input", min_length: 9, max_length: 2 } }] }),
      "/blocks/0/element/min_length",
      "must not be more than max_length",
    ],
    [
      "an input label of 2001",
      modal({ blocks: [{ ...input, label: plain(x(2001)) }] }),
      "/blocks/0/label/text",
      "must be less than 2001 characters",
    ],
  ];

  test.each(cases)("with %s gets the verdict of Slack's documents", (_, view, pointer, message) => {
    const [first, ...more] = validateView(view);
    expect(first?.pointer).toBe(pointer);
    expect(first?.message).toBe(message);
    expect(more).toEqual([]);
  });

  test("of more than 250 kB is too large", () => {
    const blocks = many(90, () => section(x(2990)));
    expect(validateView({ type: "home", blocks })).toEqual([
      { pointer: "", code: "too_long", message: "must be less than 256001 bytes" },
    ]);
  });
});

test("whatever JSON is given gets a list of problems with pointers, never an exception", () => {
  const types = ["actions", "section", "input", "rich_text", "table", "card", "container", "modal", "home", "button"];
  const typed = fc.record({
    type: fc.constantFrom(...types),
    blocks: fc.jsonValue(),
    elements: fc.array(fc.record({ type: fc.constantFrom("button", "static_select"), options: fc.jsonValue() })),
    element: fc.jsonValue(),
    rows: fc.jsonValue(),
    accessory: fc.jsonValue(),
    text: fc.jsonValue(),
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(typed), typed), (value) => {
      for (const it of [...validateMessage({ blocks: value }), ...validateView(value)]) {
        expect(it.pointer).toMatch(/^(?:\/.+)?$/u);
        expect(it.message).not.toBe("");
      }
    }),
    { numRuns: 300 },
  );
});
