import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { drawEmoji, drawLink } from "#practice/slack/page/mrkdwn/mrkdwn.ts";

/** Draws the Markdown of a markdown block or of a file: headings, lists, tables, quotations, code, rules. */
export function Markdown({ source }: { readonly source: string }): Markup {
  return html`<div class="markdown">${drawLines(source.replaceAll("\r\n", "\n").split("\n"))}</div>`;
}

type Kind = "blank" | "rule" | "heading" | "fence" | "table" | "quote" | "list" | "text";

const kinds: readonly (readonly [Kind, RegExp])[] = [
  ["blank", /^\s*$/],
  ["fence", /^\s*(?:```|~~~)/],
  ["rule", /^\s*(?:-{3,}|\*{3,}|_{3,})\s*$/],
  ["heading", /^#{1,6}\s/],
  ["table", /^\s*\|.*\|\s*$/],
  ["quote", /^\s*>/],
  ["list", /^\s*(?:[-*+]|\d+[.)])\s/],
];

function kindOf(line: string): Kind {
  return kinds.find(([, pattern]) => pattern.test(line))?.[0] ?? "text";
}

function drawLines(lines: readonly string[]): Markup {
  const drawn: Markup[] = [];
  let at = 0;
  while (at < lines.length) {
    const kind = kindOf(lines[at] ?? "");
    const end = kind === "fence" ? fenceEnd(lines, at) : runEnd(lines, at, kind);
    drawn.push(drawRun(kind, lines.slice(at, end)));
    at = end;
  }
  return drawn;
}

function fenceEnd(lines: readonly string[], start: number): number {
  const close = lines.findIndex((line, index) => index > start && kindOf(line) === "fence");
  return close === -1 ? lines.length : close + 1;
}

function runEnd(lines: readonly string[], start: number, kind: Kind): number {
  const alone = kind === "heading" || kind === "rule";
  const end = lines.findIndex((line, index) => index > start && (alone || !continues(line, kind)));
  return end === -1 ? lines.length : end;
}

/** A list goes on over indented lines, everything else only over lines of its own kind. */
function continues(line: string, kind: Kind): boolean {
  return kindOf(line) === kind || (kind === "list" && /^\s{2,}\S/.test(line));
}

function drawRun(kind: Kind, lines: readonly string[]): Markup {
  const first = lines[0] ?? "";
  switch (kind) {
    case "blank":
      return null;
    case "rule":
      return html`<hr />`;
    case "heading":
      return drawHeading(first);
    case "fence":
      return html`<pre class="pre">
${lines.slice(1, lines.length > 1 && kindOf(lines.at(-1) ?? "") === "fence" ? -1 : undefined).join("\n")}</pre>`;
    case "table":
      return drawTable(lines);
    case "quote":
      return html`<blockquote class="quote">
        ${drawLines(lines.map((line) => line.replace(/^\s*> ?/, "")))}
      </blockquote>`;
    case "list":
      return drawList(lines);
    case "text":
      return html`<p>${lines.map((line, index) => [index === 0 ? null : html`<br />`, drawSpan(line)])}</p>`;
    default:
      return kind satisfies never;
  }
}

function drawHeading(line: string): Markup {
  const level = /^#+/.exec(line)?.[0].length ?? 1;
  return html`<div class="md-heading" role="heading" aria-level=${level} data-level=${level}>
    ${drawSpan(line.slice(level).trim())}
  </div>`;
}

function drawTable(lines: readonly string[]): Markup {
  const rows = lines
    .filter((line) => !/^[\s|:-]+$/.test(line))
    .map((line) =>
      line
        .trim()
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll(String.raw`\|`, "|")),
    );
  const [head = [], ...body] = rows;
  return html`<div class="table-scroll">
    <table class="table">
      <thead>
        <tr>
          ${head.map((cell) => html`<th>${drawSpan(cell)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${body.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${drawSpan(cell)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

type Item = { readonly indent: number; readonly ordered: boolean; readonly text: string };

function drawList(lines: readonly string[]): Markup {
  const items: Item[] = [];
  for (const line of lines) {
    const match = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/.exec(line);
    const last = items.at(-1);
    if (match !== null) {
      items.push({ indent: match[1]?.length ?? 0, ordered: /\d/.test(match[2] ?? ""), text: match[3] ?? "" });
    } else if (last !== undefined) items[items.length - 1] = { ...last, text: `${last.text} ${line.trim()}` };
  }
  return drawItems(items);
}

function drawItems(items: readonly Item[]): Markup {
  const base = items[0];
  if (base === undefined) return null;
  const starts = items.flatMap((item, index) => (item.indent <= base.indent ? [index] : []));
  const drawn = starts.map((start, index) => {
    const text = items[start]?.text ?? "";
    const box = /^\[([ xX])\]\s+/.exec(text);
    const tick =
      box === null ? null : html`<span class="md-box" aria-hidden="true">${box[1] === " " ? "☐" : "☑"}</span>`;
    return html`<li>
      ${tick} ${drawSpan(text.slice(box?.[0].length ?? 0))}${drawItems(items.slice(start + 1, starts[index + 1]))}
    </li>`;
  });
  return base.ordered
    ? html`<ol>
        ${drawn}
      </ol>`
    : html`<ul>
        ${drawn}
      </ul>`;
}

const span =
  /(?<code>`+)(?<inCode>.+?)\k<code>|\*\*(?<bold>.+?)\*\*|__(?<bold2>.+?)__|~~(?<strike>.+?)~~|(?<![\w*])\*(?<italic>[^\s*][^*]*)\*|(?<![\w_])_(?<italic2>[^\s_][^_]*)_(?!\w)|\[(?<label>[^\]]+)\]\((?<url>https?:\/\/[^\s)]+)\)|(?<bare>https?:\/\/[^\s<>)|]+)|:(?<emoji>[a-z0-9_+-]+):|\\(?<escaped>[\\`*_{}[\]()#+.!|~<>-])/g;

function drawSpan(text: string): Markup {
  const drawn: Markup[] = [];
  let at = 0;
  for (const match of text.matchAll(span)) {
    drawn.push(text.slice(at, match.index), drawMatch(match));
    at = match.index + match[0].length;
  }
  return [...drawn, text.slice(at)];
}

function drawMatch(match: RegExpExecArray): Markup {
  const found = match.groups ?? {};
  const bold = found["bold"] ?? found["bold2"];
  const italic = found["italic"] ?? found["italic2"];
  if (found["inCode"] !== undefined) return html`<code class="code">${found["inCode"]}</code>`;
  if (bold !== undefined) return html`<strong>${drawSpan(bold)}</strong>`;
  if (found["strike"] !== undefined) return html`<s>${drawSpan(found["strike"])}</s>`;
  if (italic !== undefined) return html`<em>${drawSpan(italic)}</em>`;
  if (found["url"] !== undefined) return drawLink(found["url"], found["label"]);
  if (found["bare"] !== undefined) return drawLink(found["bare"], found["bare"]);
  if (found["emoji"] !== undefined) return drawEmoji(found["emoji"]);
  return found["escaped"] ?? match[0];
}
