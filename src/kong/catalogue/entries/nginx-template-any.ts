import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** An option of `kong start`, `restart`, `reload` and `prepare` (Kong/kong kong/cmd, 2.1 to 3.9). */
export const namesTemplate = "\\bkong\\s+(?:start|restart|reload|prepare)\\b.*--nginx-conf\\b";

/** What holds for a custom template in every upgrade between minor versions. */
export const nginxTemplateAnyHazards: readonly Hazard[] = [
  {
    id: "any-custom-template",
    title: "A custom nginx template goes along with every minor version",
    since: "any",
    edition: "both",
    area: "nginx-template",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "version", path: "from", predicate: "minor_differs_from_target" },
        {
          any: [
            { kind: "nginx_template", predicate: "present" },
            { kind: "conf", key: "nginx_conf", predicate: "present" },
            { kind: "cli", predicate: "matches", value: namesTemplate },
          ],
        },
      ],
    },
    effect:
      "Kong's own template changes between all minor and major versions: what the new one adds or takes away does not reach nodes with this one.",
    remedy:
      "See what changed between the two versions (OSS: `git diff -w OLD NEW kong/templates/nginx_kong*.lua` in a clone of Kong/kong; Enterprise: `find / -type d -name templates | grep kong` on a node of each version, and compare the files), and bring it into your template before a node of the target starts.",
    sources: [
      "Kong docs, upgrade guide 3.0.x, template changes",
      "Kong docs, upgrade page of 2.x, step 12",
      "Kong/kong kong/templates, 2.1.4 to 3.9.3 compared",
    ],
  },
];
