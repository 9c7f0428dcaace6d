import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Hono } from "hono";

const PAGE = new URL("./page/", import.meta.url);
const FILE_NAME = /^[\w-]+(?:\/[\w-]+)*(?:\.[\w-]+)*\.(?:ts|js|css|svg|png|ico|html)$/u;

const VENDOR: { readonly [name: string]: string } = {
  "preact.js": "preact",
  "preact-hooks.js": "preact/hooks",
  "htm.js": "htm",
};

const TYPES: { readonly [extension: string]: string } = {
  ".ts": "text/javascript; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
};

/** The page of the workspace: index.html, its modules with the types stripped, and the three libraries they import. */
export function pageFiles(): Hono {
  const app = new Hono();
  app.get("/", async (c) => {
    const html = await readPage("index.html");
    if (html === undefined) return c.text("The page of the workspace is not installed; its HTTP interface works.", 404);
    const text = html.toString();
    return c.html(text, 200, { "content-security-policy": contentPolicy(text) });
  });
  app.get("/archives/:channel/:message?", (c) => c.redirect(`/#${encodeURIComponent(c.req.param("channel"))}`));
  app.get("/vendor/:name", async (c) => {
    const specifier = VENDOR[c.req.param("name")];
    if (specifier === undefined) return c.notFound();
    const source = await readFile(fileURLToPath(import.meta.resolve(specifier)), "utf8");
    return c.body(source.replace(/^\/\/# sourceMappingURL=.*$/mu, ""), 200, { "content-type": TYPES[".js"] ?? "" });
  });
  app.get("/page/*", async (c) => {
    const name = c.req.path.slice("/page/".length);
    const bytes = FILE_NAME.test(name) ? await readPage(name) : undefined;
    if (bytes === undefined) return c.notFound();
    const extension = extname(name);
    const type = TYPES[extension] ?? "application/octet-stream";
    if (extension !== ".ts") return c.body(Uint8Array.from(bytes), 200, { "content-type": type });
    return c.body(stripTypeScriptTypes(bytes.toString()), 200, { "content-type": type });
  });
  return app;
}

async function readPage(name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(new URL(name, PAGE));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Own scripts and styles only; the inline import map is allowed by its hash, nothing else inline is. */
function contentPolicy(html: string): string {
  const maps = [...html.matchAll(/<script type="importmap"[^>]*>(?<map>[\s\S]*?)<\/script>/gu)];
  const hashes = maps.map((match) => {
    const digest = createHash("sha256")
      .update(match.groups?.["map"] ?? "")
      .digest("base64");
    return `'sha256-${digest}'`;
  });
  return [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(" ")}`.trim(),
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
