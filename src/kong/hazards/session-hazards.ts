import { pluginFields, plugins } from "./evidence.ts";
import { whenFound } from "./hazard.ts";
import type { Hazard } from "./hazard.ts";

const withSessions = ["session", "openid-connect", "saml"] as const;

/** Changes of the session library in 3.2 and after. */
export const sessionHazards: readonly Hazard[] = [
  {
    id: "32-session-library",
    since: "3.2",
    severity: "breaks_traffic",
    title: "All sessions end at the upgrade",
    effect:
      "The session format is new: everybody who is logged in through these plugins has to log in again, and again after a way back. Sessions also end after 900 s idle and 86400 s in total unless set.",
    remedy: "Announce it; set idling_timeout, rolling_timeout and absolute_timeout as wanted.",
    source: "Kong developer docs, breaking changes 3.2",
    check: whenFound((facts) => plugins(facts, withSessions, () => "in use")),
  },
  {
    id: "32-session-fields",
    since: "3.2",
    severity: "deprecation",
    title: "Fields of the session plugin were renamed or removed",
    effect: "Old names are mapped or ignored; cookie_renew is gone.",
    remedy:
      "Use the new names (cookie_lifetime → rolling_timeout, cookie_idletime → idling_timeout, cookie_samesite → cookie_same_site, cookie_httponly → cookie_http_only, cookie_discard → stale_ttl).",
    source: "Kong developer docs, breaking changes 3.2",
    check: whenFound((facts) =>
      pluginFields(
        facts,
        ["session"],
        [
          "cookie_lifetime",
          "cookie_idletime",
          "cookie_samesite",
          "cookie_httponly",
          "cookie_discard",
          "cookie_renew",
          "cookie_persistent",
        ],
      ),
    ),
  },
  {
    id: "35-session-logout-body",
    since: "3.5",
    severity: "breaks_traffic",
    title: "session: logout by a body argument needs read_body_for_logout",
    effect: "Logging out with logout_post_arg does nothing.",
    remedy: "Set read_body_for_logout = true where the body argument is used.",
    source: "Kong developer docs, breaking changes 3.5",
    check: whenFound((facts) => pluginFields(facts, ["session"], ["logout_post_arg"])),
  },
];
