import type { Example } from "#test/src/kong/catalogue/example.ts";
import { leftUnset } from "#test/src/kong/catalogue/left-unset.ts";

export const kongConf21To30Examples: readonly Example[] = [
  leftUnset("23-cache-warmup", "db_cache_warmup_entities", "services, plugins"),
  {
    hazard: "27-oidc-admin-claim",
    from: "2.6.0.0",
    to: "2.7.0.0",
    hits: { conf: { admin_gui_auth: "openid-connect", admin_gui_auth_conf: '{"consumer_claim": ["email"]}' } },
    evidence: ["admin_gui_auth_conf"],
    misses: { conf: { admin_gui_auth: "openid-connect", admin_gui_auth_conf: '{"admin_claim": "email"}' } },
  },
  leftUnset("30-lua-ssl-trusted", "lua_ssl_trusted_certificate", "/etc/kong/ca.pem"),
  leftUnset("30-worker-consistency", "worker_consistency", "strict"),
  {
    hazard: "30-worker-consistency-strict",
    hits: { conf: { worker_consistency: "strict" } },
    evidence: ["worker_consistency = strict"],
    misses: { conf: { worker_consistency: "eventual" } },
  },
  {
    hazard: "30-vaults-bundled",
    hits: { conf: {}, scripts: "curl http://localhost:8001/vaults-beta\n", declarative: [] },
    evidence: ["deploy.sh", "/vaults-beta"],
    misses: {
      conf: {},
      scripts: "curl http://localhost:8001/vaults\n",
      declarative: [{ topLevel: [{ key: "vaults" }] }],
    },
  },
  {
    hazard: "30-dns-additional",
    hits: { conf: { dns_order: "LAST,SRV,A" } },
    evidence: ["dns_order"],
    misses: { conf: { dns_order: "LAST,A,CNAME" } },
  },
  {
    hazard: "33-lmdb-encryption",
    from: "2.8.4.5",
    to: "3.3.1.0",
    hits: { conf: { declarative_config_encryption_mode: "aes-256-gcm" } },
    evidence: ["declarative_config_encryption_mode", "aes-256-gcm"],
    misses: { conf: { declarative_config_encryption_mode: "off" } },
  },
];
