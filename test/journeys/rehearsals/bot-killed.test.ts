import { rehearse } from "#test/journeys/support/rehearse.ts";

rehearse("bot-killed");
