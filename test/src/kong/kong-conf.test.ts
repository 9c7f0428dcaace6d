import { expect, test } from "vitest";
import { readKongConf, settingsOfEnvironment } from "#src/kong/kong-conf.ts";

test("only uncommented keys count, without inline comments", () => {
  const text = [
    "# database = cassandra",
    "database = postgres   # the usual",
    "  proxy_listen=0.0.0.0:8000, 0.0.0.0:8443 ssl\r",
    String.raw`pg_password = a\#b`,
    "empty =",
    "no setting here",
  ].join("\n");
  const { settings } = readKongConf(text, "kong.conf");
  expect(Object.fromEntries(settings.map(({ key, value }) => [key, value]))).toStrictEqual({
    database: "postgres",
    proxy_listen: "0.0.0.0:8000, 0.0.0.0:8443 ssl",
    pg_password: "a#b",
  });
});

test("KONG_ variables become settings, others do not", () => {
  expect(settingsOfEnvironment({ KONG_ROUTER_FLAVOR: "traditional", PATH: "/bin" })).toStrictEqual({
    router_flavor: "traditional",
  });
});

test("lines are taken apart as Kong's loader does it, each with its number", () => {
  const { settings, remarks } = readKongConf(
    [
      "; database = cassandra",
      String.raw`pg_password = a\#b # the password`,
      String.raw`plugins = bundled, ${"\\"}`,
      "  # between",
      "  my-plugin",
      'log_level = "debug"',
      "nginx-http-x = 1\r",
      "empty = # nothing",
      "proxy_listen = off",
      "proxy_listen = 0.0.0.0:8000 # last",
      "words",
      "[section]",
      "below = 1",
    ].join("\n"),
    "kong.conf",
  );
  expect(settings.map(({ key, value, place }) => [place?.line, key, value])).toEqual(
    [
      [10, "proxy_listen", "0.0.0.0:8000"],
      [2, "pg_password", "a#b"],
      [3, "plugins", "bundled, my-plugin"],
      [6, "log_level", '"debug"'],
      [7, "nginx_http_x", "1"],
    ].toSorted((left, right) => Number(left[0]) - Number(right[0])),
  );
  expect(remarks.map(({ line }) => line)).toEqual([10, 11, 12]);
});

test("a key in capitals sets nothing, as Kong reads none, and a remark says so", () => {
  const { settings, remarks } = readKongConf("Router_Flavor = traditional\nDATABASE = off\n", "kong.conf");
  expect(settings).toEqual([]);
  expect(remarks.map(({ line, text }) => `${line} ${text.slice(0, 27)}`)).toEqual([
    "1 Kong knows no Router_Flavor",
    "2 Kong knows no DATABASE: key",
  ]);
});

test("a line that is joined at the end of the file still counts", () => {
  expect(readKongConf("a = 1\\", "kong.conf").settings.map(({ value }) => value)).toEqual(["1"]);
});
