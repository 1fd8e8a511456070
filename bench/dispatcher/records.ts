/** Sizes on the wire (live/record-kinds.ts), for the bench's own hand-written reading and writing. */
export const HEADER_BYTES = 5;
export const SUBMIT_BYTES = 17;
export const OUTCOME_BYTES = 6;
export const ASSIGN_BYTES = 25;
export const COMPLETE_BYTES = 17;
