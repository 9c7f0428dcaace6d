import type { Finding } from "#src/kong/finding.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { refuseFacts } from "#src/plan/refuse-facts.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import type { Strategy } from "#src/plan/strategy.ts";
import { nodeNames } from "#src/plan/steps/check-steps.ts";
import { applyLicence } from "#src/plan/steps/licence-step.ts";
import { recordFingerprint } from "#src/plan/steps/migration-steps.ts";
import { sources } from "#src/plan/steps/sources.ts";
import { editionChangeAnswers, editionChangeNotes } from "./edition-change.ts";
import { inPlace } from "./in-place.ts";
import { inPlaceRollbackSteps, refuseInPlaceRollback } from "./in-place-rollback.ts";
import { inPlaceWayBack } from "./in-place-way-back.ts";
import { ossToEnterpriseRollbackNotes } from "./oss-to-enterprise-rollback.ts";

/**
 * The change from Kong OSS to Kong Enterprise of the same three numbers, in place: the package is replaced, the same
 * database gets Enterprise's migrations, and the licence is applied once all nodes run Enterprise and `finish` is through.
 */
export const ossToEnterprise: Strategy = {
  name: "oss-to-enterprise",
  summary:
    "Kong Enterprise of the same version takes the place of Kong OSS on the same database, then gets its licence; downtime",
  refuse: (context) => [...refuseEditions(context), ...refuseFacts(context.environment, context.facts)],
  fit: () => ({ rank: "first_choice", reason: "the edition changes and the version stays" }),
  answersFor: () => editionChangeAnswers,
  steps: ossToEnterpriseSteps,
  notes: ossToEnterpriseNotes,
  // Nothing but the package differs from an upgrade in place, and its way back puts the old package back too.
  wayBack: inPlaceWayBack,
  refuseRollback: refuseInPlaceRollback,
  rollbackSteps: inPlaceRollbackSteps,
  rollbackNotes: ossToEnterpriseRollbackNotes,
};

function refuseEditions({ environment, to }: PlanContext): readonly PlanRefusal[] {
  // That the version stays, and which releases exist in both editions, the path says.
  if (environment.edition === "enterprise" || parseVersion(to)?.enterprisePatch === undefined) {
    return [
      {
        code: "no_edition_change",
        sentence:
          environment.edition === "enterprise"
            ? `${environment.name} runs Kong Enterprise already`
            : `${to} is not a version of Kong Enterprise, which has four numbers`,
        help: "use a strategy that changes the version",
        isMisfit: true,
      },
    ];
  }
  if (environment.topology === "traditional") return [];
  return [
    {
      code: "topology_unsupported",
      sentence: `${environment.name} is configured as ${environment.topology}; the edition is changed in place on traditional nodes only`,
      help:
        environment.topology === "dbless"
          ? "plan with the strategy rolling: nodes without a database get the Enterprise package like any other version"
          : environment.topology === "kubernetes"
            ? "plan with the strategy helm, or helm-split for several releases"
            : "no strategy does it in hybrid mode: a person changes control planes and data planes, after a trial on a copy",
      isMisfit: true,
    },
  ];
}

function ossToEnterpriseSteps(context: PlanContext, findings: readonly Finding[]): readonly Step[] {
  return inPlace.steps(context, findings).flatMap((step) => told(context, step));
}

/** The steps of an upgrade in place, with what is different when the package becomes another one. */
function told(context: PlanContext, step: Step): readonly Step[] {
  const { from, to } = context;
  switch (step.id) {
    case "install":
      return [changePackage(context, step)];
    case "migrations-up":
      return [
        adapted(step, {
          why: `Adds what Kong Enterprise ${to} needs to the data of Kong OSS ${from}. Its exit status proves nothing: it is 0 too when another node held the lock and nothing was done.`,
          source: sources.ossToEnterprise,
        }),
      ];
    case "migrations-finish":
      return [
        adapted(step, {
          why: "Only once every node has the Enterprise package, which is checked. After it, only a restore of the backup brings Kong OSS back.",
          source: sources.ossToEnterprise,
        }),
      ];
    case "verify":
      // After `finish`: until then nobody writes through the Admin API of the new edition.
      return [
        applyLicence(context, "finish"),
        recordFingerprint(context, "licence"),
        adapted(step, { title: `Check that the change to Kong Enterprise ${to} is complete` }),
      ];
    case "decommission":
      return [
        adapted(step, {
          why: `${step.why} Remove the OSS package, never purge it: a purge deletes /etc/kong.`,
        }),
      ];
    case "unfreeze":
      return [
        adapted(step, {
          why: "The freeze must not outlive the change. Declarative files stay valid; `_workspace` is only needed for a workspace other than default.",
          source: sources.ossToEnterprise,
        }),
      ];
    default:
      return [step];
  }
}

function changePackage(context: PlanContext, step: Step): Step {
  const { action } = step;
  return adapted(step, {
    why: "The two editions are two packages with the same files, so the old one is removed before the new one comes; kong.conf, prefix and database stay. Never by a purge (`dpkg -P`, `apt purge`): that deletes /etc/kong. The version of every node is checked afterwards.",
    source: sources.ossToEnterprise,
    ...(action.kind === "manual"
      ? {
          action: {
            ...action,
            instruction: `Whoever runs the hosts: on ${nodeNames(context).join(", ")} remove the package of Kong OSS ${context.from} (\`dpkg -r kong\` or \`yum remove kong\`, never a purge), install Kong Enterprise ${context.to}, and do not start it. Done when \`kong version\` tells ${context.to} and kong.conf is still there on each of them.`,
          },
        }
      : {}),
  });
}

function ossToEnterpriseNotes(context: PlanContext): readonly string[] {
  return [...editionChangeNotes(context, "after `finish`"), ...inPlace.notes(context)];
}
