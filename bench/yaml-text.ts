import type { Fields } from "./large-configuration.ts";

/** How a list of texts is written. */
export type ListStyle = "block" | "flow";

/** An item of a block list; a list is as deep as its key, as decK and lyaml write it. */
export function yamlItem(fields: Fields, style: ListStyle = "block"): string {
  return `- ${yamlFields(fields, "  ", style).slice(2)}`;
}

function yamlFields(fields: Fields, indent: string, style: ListStyle): string {
  return Object.entries(fields)
    .map(([name, value]) => {
      if (Array.isArray(value)) return yamlList({ name, items: value, indent }, style);
      if (isFields(value)) return `${indent}${name}:\n${yamlFields(value, `${indent}  `, style)}`;
      return `${indent}${name}: ${yamlScalar(value)}\n`;
    })
    .join("");
}

interface List {
  readonly name: string;
  readonly items: readonly unknown[];
  readonly indent: string;
}

function yamlList({ name, items, indent }: List, style: ListStyle): string {
  if (style === "flow" && !items.some(isFields))
    return `${indent}${name}: [${items.map((item) => yamlScalar(item)).join(", ")}]\n`;
  const lines = items.map((item) =>
    isFields(item)
      ? `${indent}- ${yamlFields(item, `${indent}  `, style).slice(indent.length + 2)}`
      : `${indent}- ${yamlScalar(item)}\n`,
  );
  return `${indent}${name}:\n${lines.join("")}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What YAML would take for something else stands in quotes, as JSON writes it. */
function yamlScalar(value: unknown): string {
  return typeof value === "string" && /^[A-Za-z/][\w./:-]*$/u.test(value) ? value : JSON.stringify(value);
}
