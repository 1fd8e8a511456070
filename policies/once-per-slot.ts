import { ANY_JOB, NO_SERVER, type PolicyFactory } from "./policy.js";

/** The policy of a system as a dispatcher runs it: once per slot in slotted time. */
export function policyFor({
  policy,
  slots,
}: {
  readonly policy: PolicyFactory;
  readonly slots?: object;
}): PolicyFactory {
  return slots === undefined ? policy : oncePerSlot(policy);
}

/**
 * A policy in slotted time: it chooses once per slot, from the queue lengths at its start, and all jobs of the slot join that
 * server (Hurtado-Lange and Maguluri 2020, section 2). The type of a job is its slot number.
 */
export function oncePerSlot(policy: PolicyFactory): PolicyFactory {
  return (fleet, random) => {
    const chooser = policy(fleet, random);
    let slot = -1;
    let server = NO_SERVER;
    return {
      name: chooser.name,
      knows: [...chooser.knows, "job-type"],
      get information() {
        return chooser.information;
      },
      choose({ type }, now) {
        if (type !== slot) {
          slot = type;
          server = chooser.choose(ANY_JOB, now);
        }
        return server;
      },
    };
  };
}
