import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Person, Workspace } from "./model.ts";

/** Who looks at the page, at what, and what the parts of the page may ask of it. */
type Viewer = {
  readonly me: Person;
  readonly workspace: Workspace;
  readonly readsAloud: boolean;
  readonly openChannel: (channel: string, thread?: string) => void;
  readonly confirm: (dialog: ConfirmDialog) => Promise<boolean>;
  readonly tell: (problem: string) => void;
};

/** A confirm object of Block Kit, read. */
export type ConfirmDialog = {
  readonly title: string;
  readonly text: string;
  readonly isMrkdwn: boolean;
  readonly confirm: string;
  readonly deny: string;
  readonly isDanger: boolean;
};

/** The viewer for every part of the page. */
export const ViewerContext = createContext<Viewer | undefined>(undefined);

/** The viewer; the page renders nothing before there is one. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (viewer === undefined) throw new Error("a part of the page was rendered outside of ViewerContext");
  return viewer;
}

/** The person with this id; somebody unknown is shown by their id. */
export function personOf(workspace: Workspace, id: string): Person {
  return (
    workspace.people.find((person) => person.id === id) ?? {
      id,
      name: id === workspace.bot.userId ? workspace.bot.name : id,
      handle: id,
      realName: id,
      zone: "UTC",
      role: "",
      isExternal: false,
      isDeleted: false,
      isGuest: false,
      isSingleChannelGuest: false,
      isBot: id === workspace.bot.userId,
    }
  );
}
