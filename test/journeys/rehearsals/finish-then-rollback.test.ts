import { rehearse } from "#test/journeys/support/rehearse.ts";

rehearse("finish-then-rollback");
