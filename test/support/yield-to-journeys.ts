import { setPriority } from "node:os";

/**
 * Files that compute make room for the journeys beside them, whose bots have to answer within Slack's 3 s as they would on a
 * machine of their own. On two cores that all workers share, the journeys' processes come first.
 */
setPriority(3);
