/** What is wrong with a record, and at which event it shows first. */
export interface Fault {
  readonly kind:
    /** Not in the form of an export, or of an event that this version knows. */
    | "unreadable"
    /** An event does not fit its hash. */
    | "edited"
    | "dropped"
    | "reordered"
    /** An event of another record. */
    | "swapped"
    /** An event is chained to another predecessor than the one in front of it. */
    | "forked"
    /** Every hash fits, but a signed checkpoint says that these events were others. */
    | "rewritten"
    /** A checkpoint or the head knows of more events than there are. */
    | "cut"
    /** The chain fits, but such a course of events is impossible. */
    | "impossible"
    | "bad_signature"
    | "foreign_checkpoint"
    /** Keys were given to trust, and none of them signed a checkpoint of this record. */
    | "unanchored"
    /** The head that was given from outside is none of this record's. */
    | "wrong_head";
  /** Number of the first bad event, where one can be named. */
  readonly version?: number;
  readonly sentence: string;
}

/** A fault that shows at one event. */
export function faultAt(version: number, kind: Fault["kind"], sentence: string): Fault {
  return { kind, version, sentence };
}
