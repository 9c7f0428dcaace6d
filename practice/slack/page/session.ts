import { useCallback, useEffect, useState } from "preact/hooks";

const personKey = "practice.acting-as";

/** Who this tab acts as: `?as=U…` first, then what the tab remembers, then `fallback`. */
export function actingPerson(fallback: string): string {
  return new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem(personKey) ?? fallback;
}

/** Makes this tab remember whom it acts as, also over a reload. */
export function rememberPerson(user: string): void {
  sessionStorage.setItem(personKey, user);
  const address = new URL(location.href);
  if (address.searchParams.has("as")) {
    address.searchParams.set("as", user);
    history.replaceState(null, "", address);
  }
}

/** Where the page is: a channel (and perhaps a thread of it) or the bot's App Home. */
export type Place =
  | { readonly kind: "channel"; readonly channel: string; readonly thread: string }
  | { readonly kind: "home" };

/** The place in the address's hash: `#C0PRACTCE`, `#C0PRACTCE/1795215612.000100` or `#home`. */
export function usePlace(): readonly [Place, (place: Place) => void] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => setHash(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const go = useCallback((place: Place) => {
    location.hash = place.kind === "home" ? "home" : `${place.channel}${place.thread === "" ? "" : `/${place.thread}`}`;
  }, []);
  return [parsePlace(hash.slice(1)), go];
}

function parsePlace(hash: string): Place {
  if (hash === "home") return { kind: "home" };
  const [channel = "", thread = ""] = hash.split("/");
  return { kind: "channel", channel, thread };
}

/** The newest message that somebody has read in a channel, as its `ts`; empty when they never looked. */
export function lastRead(user: string, channel: string): string {
  return localStorage.getItem(`practice.read.${user}.${channel}`) ?? "";
}

/** Remembers that somebody has read a channel up to and including `ts`. */
export function markRead(user: string, channel: string, ts: string): void {
  if (ts > lastRead(user, channel)) localStorage.setItem(`practice.read.${user}.${channel}`, ts);
}
