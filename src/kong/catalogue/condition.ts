import type { EntityKind, Input } from "#src/kong/inventory.ts";

/** A value that a condition compares with. */
export type Literal = string | number | boolean;

/**
 * What is asked of the value at `path`. A path into a list (`paths[*]`, `config.*` for any leaf below) holds when any
 * element holds; inside one `all`, conditions with the same list path speak about the same element.
 * Patterns are JavaScript regular expressions; `(?i)` in front ignores case.
 */
export type Test =
  | {
      readonly predicate:
        | "present"
        | "absent"
        /** Not null and there · null or missing · null, missing, or an empty text or list. */
        | "is_set"
        | "not_set"
        | "empty"
        /** The key is there and null. */
        | "is_null"
        | "is_array"
        | "is_number"
        | "non_integer"
        | "has_duplicates"
        /** Keys of a declarative file that name two entities alike. */
        | "has_duplicate_keys"
        /** A path that RFC 3986 normalisation, dot segments or doubled slashes change; regex paths (`~`) are skipped. */
        | "not_normalised"
        /** A text that this plugin uses as a regular expression. */
        | "looks_like_regex"
        /** `daos.lua` returns a table with names instead of a list. */
        | "dao_table_is_hash"
        /** A deprecated field and the one that replaced it are both set, to different values. */
        | "alias_mismatch"
        | "env_absent"
        | "in_admin_api_segments"
        /** A plugin's name that the target ships and the version before it does not. */
        | "bundled_by_target"
        | "incompatible_with_target"
        | "minor_differs_from_target"
        | "major_differs_between_cp_and_dp"
        | "not_in_target_support_list";
    }
  | { readonly predicate: "equals" | "not_equals" | "contains"; readonly value: Literal }
  | { readonly predicate: "in" | "not_in"; readonly value: readonly Literal[] }
  | { readonly predicate: "matches" | "not_matches" | "key_matches" | "path_matches"; readonly value: string }
  | { readonly predicate: "lt" | "lte" | "gt" | "gte"; readonly value: number | string }
  | { readonly predicate: "length_gt" | "rsa_bits_lt" | "before_plus_days"; readonly value: number }
  | { readonly predicate: "version_lt" | "version_gte"; readonly value: string }
  /** The value at `path` is not the one at this other path. */
  | { readonly predicate: "differs_from"; readonly value: string }
  /** A custom PRIORITY lies between the old and the new priority of a bundled plugin in use: `{plugin: [old, new]}`. */
  | {
      readonly predicate: "order_changes_against";
      readonly value: Readonly<Record<string, readonly [number, number]>>;
    }
  | { readonly predicate: "equals_bundled"; readonly value: "any" };

/** One thing to look at. Without a predicate it holds when the object exists. */
export type Leaf =
  /** Plugin instances of that name (`*` any, `/regex/` on the name), live or in files; `file_plugin` in files only. */
  | ({ readonly kind: "plugin" | "file_plugin"; readonly name: string; readonly path?: string } & Partial<Test>)
  | ({ readonly kind: Exclude<EntityKind, "plugin"> | "file_route"; readonly path?: string } & Partial<Test>)
  /** A key of kong.conf (`/regex/` on the key); absent means that nobody set it. */
  | ({ readonly kind: "conf"; readonly key: string } & Test)
  /** Sources of custom plugins, a glob of file names. */
  | ({ readonly kind: "source"; readonly files: string } & Test)
  | ({
      readonly kind: "custom_plugin";
      readonly path: "name" | "PRIORITY" | "VERSION" | "has_migrations" | "language";
    } & Test)
  | ({ readonly kind: "nginx_template" | "client" | "metrics_consumer" | "cli" | "file" } & Test)
  | ({ readonly kind: "declarative"; readonly path: string } & Test)
  | ({ readonly kind: "helm_values"; readonly path: string } & Test)
  /** At least two releases write to one database. */
  | { readonly kind: "helm_split" }
  | ({ readonly kind: "k8s"; readonly resource: string; readonly path?: string } & Test)
  | ({
      readonly kind: "deployment";
      readonly path:
        | "edition"
        | "topology"
        | "database"
        | "platform"
        | "helm"
        | "strategy"
        | "edition_change"
        | "config_management"
        | "node_count"
        | "os"
        | "image"
        | "package"
        | "arch";
    } & Test)
  | ({
      readonly kind: "database_server";
      readonly path: "version" | "size_bytes" | "can_create_tables" | "migration_lock";
    } & Test)
  | ({ readonly kind: "version"; readonly path: "from" | "to" } & Test)
  | ({ readonly kind: "data_planes" | "host" | "migrations"; readonly path: string } & Test)
  /** Concerns everybody who takes this hop. */
  | { readonly kind: "always" }
  /**
   * Never decided by a machine: a person answers. Not asked where the input in `answeredBy` was read wholly, because it
   * would have told: an alternative beside it looks there. `environment`: the names of the node's variables, which not
   * every source of the configuration tells.
   */
  | { readonly kind: "manual"; readonly question: string; readonly answeredBy?: Input | "environment" };

export type Condition =
  | { readonly any: readonly Condition[] }
  | { readonly all: readonly Condition[] }
  | { readonly not: Condition }
  | Leaf;
