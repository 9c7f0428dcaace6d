import { rehearse } from "#test/journeys/support/rehearse.ts";

rehearse("aborted-exit-0");
