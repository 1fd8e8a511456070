// In turns, but a server whose latest job took more than twice the average is left out for a while.

const REST = 10; // time units

/** @type {import("equipoise/policies").PlugInFactory} */
export default (fleet) => {
  const restsUntil = [];
  let average = 0;
  let turn = 0;
  return {
    knows: ["latencies", "time"],
    choose(_job, now) {
      const { members } = fleet;
      for (let tried = 0; tried < members.size; tried++) {
        const server = members.at(turn++ % members.size);
        if (!(restsUntil[server] > now)) return server;
      }
      return members.size === 0 ? -1 : members.at(turn % members.size);
    },
    completed(server, latency, now) {
      if (average > 0 && latency > 2 * average) restsUntil[server] = now + REST;
      average += (latency - average) / 100;
    },
  };
};
