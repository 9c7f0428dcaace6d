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
  expect(readKongConf(text)).toStrictEqual({
    database: "postgres",
    proxy_listen: "0.0.0.0:8000, 0.0.0.0:8443 ssl",
    pg_password: "a#b",
    empty: "",
  });
});

test("KONG_ variables become settings, others do not", () => {
  expect(settingsOfEnvironment({ KONG_ROUTER_FLAVOR: "traditional", PATH: "/bin" })).toStrictEqual({
    router_flavor: "traditional",
  });
});
