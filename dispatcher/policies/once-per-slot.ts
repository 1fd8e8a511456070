import type { SystemModel } from "../../scenarios/scenario.js";
import { NO_SERVER, type PolicyFactory } from "./policy.js";

/** The policy of a system, as a dispatcher runs it. */
export function policyFor({ policy, slots }: Pick<SystemModel, "policy" | "slots">): PolicyFactory {
  return slots === undefined ? policy : oncePerSlot(policy);
}

/**
 * A policy in slotted time: it chooses once in a slot, from the queues at the beginning, and all jobs of the slot join that
 * server (Hurtado-Lange and Maguluri, section 2). The type of a job is the number of its slot.
 */
export function oncePerSlot(policy: PolicyFactory): PolicyFactory {
  return (fleet, random) => {
    const chooser = policy(fleet, random);
    let slot = -1;
    let server = NO_SERVER;
    return {
      name: chooser.name,
      get information() {
        return chooser.information;
      },
      choose(taskType) {
        if (taskType !== slot) {
          slot = taskType;
          server = chooser.choose(0);
        }
        return server;
      },
    };
  };
}
