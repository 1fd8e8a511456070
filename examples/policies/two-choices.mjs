// Of two servers drawn at random the one that would be done first, at the rates that servers announce.

/** @type {import("equipoise/policies").PlugInFactory} */
export default (fleet, random) => {
  const any = () => fleet.members.at(Math.floor(random() * fleet.members.size));
  const delay = (server) => (fleet.queueLength(server) + 1) / fleet.rate(server);
  return {
    knows: ["queue-lengths", "rates"],
    choose() {
      if (fleet.members.size === 0) return -1;
      const first = any();
      const second = any();
      return delay(second) < delay(first) ? second : first;
    },
  };
};
