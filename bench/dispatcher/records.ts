/** Record sizes (live/wire/record-kinds.ts), for the benchmark's hand-written encoding and decoding. */
export const HEADER_BYTES = 5;
export const SUBMIT_BYTES = 17;
export const OUTCOME_BYTES = 6;
export const ASSIGN_BYTES = 25;
export const COMPLETE_BYTES = 17;
