import { pluginFields, pluginText } from "./evidence.ts";
import { whenFound } from "./hazard.ts";
import type { Hazard } from "./hazard.ts";

const serverless = ["pre-function", "post-function"] as const;

/** Changes that hit Lua code written into pre-function and post-function. */
export const serverlessHazards: readonly Hazard[] = [
  {
    id: "30-serverless-functions",
    since: "3.0",
    severity: "breaks_traffic",
    title: "pre-function and post-function: config.functions is gone",
    effect:
      "The new version runs config.access and the other phases; scripts and files that write config.functions are refused.",
    byMigration: "`up` copies functions to access, `finish` removes functions.",
    remedy: "Change files and scripts to config.access; check that access was empty before.",
    source:
      "Kong developer docs, breaking changes 3.0; Kong/kong kong/plugins/pre-function/migrations/001_280_to_300.lua",
    check: whenFound((facts) => pluginFields(facts, serverless, ["functions"])),
  },
  {
    id: "30-jwt-token-context",
    since: "3.0",
    severity: "breaks_traffic",
    title: "The JWT is not in ngx.ctx.authenticated_jwt_token any more",
    effect: "Code that reads it finds nil.",
    remedy: "Read kong.ctx.shared.authenticated_jwt_token; 2.x fills it too.",
    source: "Kong developer docs, breaking changes 3.0",
    check: whenFound((facts) => pluginText(facts, serverless, /ngx\.ctx\.authenticated_jwt_token/u)),
  },
  {
    id: "33-serverless-cache",
    since: "3.3",
    severity: "breaks_traffic",
    title: "pre-function and post-function: own kong.cache, parts of kong.configuration hidden",
    effect: "Code that shares the global cache or reads hidden settings fails.",
    remedy: "Do not use the global cache from these plugins.",
    source: "Kong/kong CHANGELOG 3.3.0",
    check: whenFound((facts) => pluginText(facts, serverless, /kong\.(?:cache|configuration)/u)),
  },
  {
    id: "36-repeated-headers",
    since: "3.6",
    severity: "changes_behaviour",
    title: "ngx.var.http_* joins repeated headers with commas",
    effect: "Code that expects the first value only reads all of them.",
    remedy: "Read headers with kong.request.get_header.",
    source: "Kong developer docs, breaking changes 3.6",
    check: whenFound((facts) => pluginText(facts, serverless, /ngx\.var\.http_\w+/u)),
  },
];
