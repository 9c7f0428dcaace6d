import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** What the newer OpenSSL and OpenResty of a package refuse. */
export const osPackageTlsHazards: readonly Hazard[] = [
  {
    id: "34-openssl-3",
    title: "Native code of plugins meets OpenSSL 3.1",
    since: "3.4",
    edition: "both",
    area: "os/package",
    severity: "changes_behaviour",
    when: { kind: "source", files: "**/*.lua", predicate: "matches", value: "resty\\.openssl|ffi\\.load" },
    effect:
      "These plugins call OpenSSL or a library of their own, which was built against OpenSSL 1.1; the call can fail.",
    remedy: "Build native modules against OpenSSL 3 and test these plugins on the target.",
    sources: ["Kong/kong@3.4.0 CHANGELOG.md"],
  },
  {
    id: "34-old-tls-peers",
    title: "Do clients or upstreams use TLS 1.0 or 1.1, SHA-1 certificates or unsafe renegotiation?",
    since: "3.4",
    edition: "both",
    area: "os/package",
    severity: "breaks_traffic",
    when: {
      kind: "manual",
      question: "Do clients or upstreams use TLS 1.0 or 1.1, SHA-1 certificates or unsafe renegotiation?",
    },
    effect: "OpenSSL 3 refuses them: these clients cannot connect, and requests to these upstreams answer 502.",
    remedy: "Test against the oldest clients and upstreams.",
    sources: ["Kong/kong@3.4.0 CHANGELOG.md"],
  },
  {
    id: "34-openssl-seclevel",
    title: "OpenSSL 3.2 refuses RSA and DH below 2048 bit, ECC below 224 bit, RC4 and SSLv3",
    since: "3.6",
    also: ["3.4.3.5", "3.5.0.4"],
    edition: "both",
    area: "os/package",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "certificate", path: "cert", predicate: "rsa_bits_lt", value: 2048 },
        { kind: "ca_certificate", path: "cert", predicate: "rsa_bits_lt", value: 2048 },
        { kind: "conf", key: "ssl_ciphers", predicate: "matches", value: "RC4" },
        {
          kind: "manual",
          question:
            "Does any client, upstream, LDAP, Redis or database use a key below 2048 bit (RSA, DH) or 224 bit (ECC), or does ssl_dhparam name a shorter file?",
        },
      ],
    },
    effect:
      "Handshakes with these certificates, keys or ciphers fail: clients cannot connect, and Kong cannot connect to such peers.",
    remedy: "Replace short keys and certificates before the upgrade.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.4.3.5, 3.6",
      "Kong/kong@3.6.0 CHANGELOG.md",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "36-tls11",
    title: "TLS 1.1 and older is off",
    since: "3.6",
    edition: "both",
    area: "os/package",
    severity: "breaks_traffic",
    when: {
      any: [
        {
          all: [
            { kind: "conf", key: "ssl_protocols", predicate: "matches", value: "TLSv1(?:\\.1)?(?:\\s|$)" },
            { not: { kind: "conf", key: "ssl_cipher_suite", predicate: "equals", value: "old" } },
          ],
        },
        { kind: "manual", question: "Are there clients that speak TLS 1.1 at the most?" },
      ],
    },
    effect: "Such clients cannot connect any more, whatever ssl_protocols says.",
    remedy: "Move these clients to TLS 1.2; ssl_cipher_suite = old keeps them for a transition.",
    note: "Kong's pages name 3.6.0.0 and 3.6.1.0, the OSS changelog 3.6.1 and 3.7.0.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.6",
      "Kong/kong@3.6.1 CHANGELOG.md",
      "Kong/kong@3.7.0 CHANGELOG.md",
    ],
  },
];
