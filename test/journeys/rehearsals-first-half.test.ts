import { rehearseHalf } from "./support/rehearse.ts";

rehearseHalf(0);
