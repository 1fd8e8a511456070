import fc from "fast-check";

// A mutant is killed or survives for the same inputs every time.
fc.configureGlobal({ seed: 1 });
