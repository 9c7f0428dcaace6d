import type { Example } from "#test/src/kong/catalogue/example.ts";

export const nginxTemplateAnyExamples: readonly Example[] = [
  {
    hazard: "any-custom-template",
    from: "3.4.2",
    to: "3.9.3",
    hits: { conf: {}, scripts: "kong start -c /etc/kong/kong.conf --nginx-conf /etc/kong/custom.template\n" },
    evidence: ["deploy.sh:1", "custom.template"],
    misses: { conf: {}, scripts: "kong start -c /etc/kong/kong.conf\n", template: "http {}" },
    missesHop: { from: "3.4.1", to: "3.4.2" },
  },
];
