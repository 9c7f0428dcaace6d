import { stringify } from "yaml";

/** The routes that the practice clients ask for; a regular expression is marked with `~` from format 3.0 on. */
export function declarativeFile(
  port: number,
  { format, regex }: { readonly format: string; readonly regex: string },
): string {
  const route = (name: string, path: string): object => ({ name, paths: [path], strip_path: true });
  return stringify({
    _format_version: format,
    services: [
      {
        name: "all",
        host: "127.0.0.1",
        port,
        routes: [
          route("orders", "/orders"),
          route("users", String.raw`${regex}/users/\d+/profile`),
          route("catalog", `${regex}/catalog/[a-z-]+/items`),
        ],
      },
    ],
  });
}
