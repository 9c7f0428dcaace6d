import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const breaking30 = "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0";
const guide30 = "Kong docs, upgrade guide 3.0.x";
const guideLts = "Kong docs, Enterprise LTS 2.8 to 3.4 guide";
const ltsChanges = "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md";
const changelog2 = "Kong/kong@master CHANGELOG-OLD.md";

/** Changed meanings and defaults of kong.conf keys up to 3.0; keys that are gone are in kong-conf-removed-*.ts. */
export const kongConf21To30Hazards: readonly Hazard[] = [
  {
    id: "23-cache-warmup",
    title: "Plugins are not loaded into the cache at start any more",
    since: "2.3",
    edition: "both",
    area: "kong.conf",
    severity: "info",
    applies: { database: ["postgres", "cassandra"] },
    when: { kind: "conf", key: "db_cache_warmup_entities", predicate: "absent" },
    effect: "The first requests after a start read the configuration of plugins from the database, so they are slower.",
    remedy: "Nothing has to be done; set db_cache_warmup_entities = services, plugins for the old behaviour.",
    sources: ["Kong/kong@2.2.2 and @2.3.3 kong/templates/kong_defaults.lua"],
  },
  {
    id: "27-oidc-admin-claim",
    title: "Kong Manager with OpenID Connect reads admin_claim instead of consumer_claim",
    since: "2.7",
    edition: "enterprise",
    area: "kong.conf",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "conf", key: "admin_gui_auth", predicate: "equals", value: "openid-connect" },
        { kind: "conf", key: "admin_gui_auth_conf", predicate: "matches", value: "\\bconsumer_claim\\b" },
      ],
    },
    effect: "Admins cannot log in to Kong Manager: the claim that names them is not read.",
    remedy: "Rename consumer_claim to admin_claim in admin_gui_auth_conf.",
    sources: ["Kong/docs.konghq.com commit 3aea7f9e6f app/gateway/changelog.md (2.7.0.0)"],
  },
  {
    id: "30-lua-ssl-trusted",
    title: "lua_ssl_trusted_certificate is system by default",
    since: "3.0",
    edition: "both",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: { kind: "conf", key: "lua_ssl_trusted_certificate", predicate: "absent" },
    effect:
      "Kong and its plugins trust the authorities of the operating system where they trusted none; without such a bundle in the image Kong does not start.",
    remedy: "Check that the image has the bundle and that you want to trust it, or set your own.",
    sources: [breaking30, ltsChanges, guide30, guideLts],
  },
  {
    id: "30-worker-consistency",
    title: "worker_consistency is eventual by default",
    since: "3.0",
    edition: "both",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: { kind: "conf", key: "worker_consistency", predicate: "absent" },
    effect:
      "A change of configuration becomes visible with a delay of up to worker_state_update_frequency (5 s): scripts and tests that create a route and call it at once see 404.",
    remedy: "Wait in scripts, or set worker_consistency = strict, which still works but is deprecated.",
    sources: ["Kong/kong@3.0.0 kong.conf.default", `${changelog2} 2.7.0`, guideLts],
  },
  {
    id: "30-worker-consistency-strict",
    title: "worker_consistency = strict is deprecated",
    since: "3.0",
    edition: "both",
    area: "kong.conf",
    severity: "deprecation",
    when: { kind: "conf", key: "worker_consistency", predicate: "equals", value: "strict" },
    effect:
      "A change of configuration is visible at once as before, because the key keeps the old default; a later version may not take the value.",
    remedy:
      "Delete the key when scripts and tests wait for their changes (up to worker_state_update_frequency, 5 s), as a change of its own after the upgrade.",
    note: "2.7 announced it; the default became eventual in 3.0.",
    sources: [`${changelog2} 2.7.0`, "Kong/kong kong/conf_loader (worker_consistency, deprecated value)", guideLts],
  },
  {
    id: "30-vaults-bundled",
    title: "Vaults are on by default, and the beta entity moved",
    since: "3.0",
    edition: "both",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: {
      any: [
        { kind: "conf", key: "vaults", predicate: "present" },
        { kind: "client", predicate: "matches", value: "/vaults-beta\\b" },
        { kind: "declarative", path: "vaults_beta", predicate: "present" },
      ],
    },
    effect:
      "References {vault://…} are resolved, scripts that call /vaults-beta get 404, and files with vaults_beta are refused.",
    byMigration: "`up` copies vaults_beta to sm_vaults, `finish` drops the old tables.",
    remedy: "Check the key vaults; rename /vaults-beta and vaults_beta to vaults in scripts and files.",
    sources: [
      "Kong/kong@3.0.0 kong/db/migrations/core/016_280_to_300.lua",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.0.0.0",
    ],
  },
  {
    id: "30-dns-additional",
    title: "Additional records of DNS answers are used",
    since: "3.0",
    edition: "both",
    area: "kong.conf",
    severity: "info",
    when: {
      all: [
        {
          any: [
            // LAST,SRV,A,CNAME by default.
            { kind: "conf", key: "dns_order", predicate: "absent" },
            { kind: "conf", key: "dns_order", predicate: "matches", value: "(?i)\\bSRV\\b" },
          ],
        },
        {
          kind: "manual",
          question: "Does service discovery give SRV records with stale or wrong addresses in the additional section?",
        },
      ],
    },
    effect: "Kong takes the addresses that come with an SRV record and does not ask for them again.",
    remedy: "Compare the answers of the name server, with their additional section, with the real addresses.",
    sources: ["Kong/kong@3.0.0 CHANGELOG.md"],
  },
  {
    id: "33-lmdb-encryption",
    title: "Encryption of the LMDB pages should stay off in 3.0 to 3.3",
    since: "3.0",
    fixedIn: ["3.4"],
    edition: "enterprise",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: { kind: "conf", key: "declarative_config_encryption_mode", predicate: "not_in", value: ["off", ""] },
    effect: "Kong advises against this encryption: the stored configuration can be damaged or unreadable.",
    remedy: "Turn it off and encrypt the disk instead; 3.4 has no such key any more.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.3.0.0"],
  },
];
