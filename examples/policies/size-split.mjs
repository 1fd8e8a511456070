// Small jobs have servers of their own, so that they never wait for large ones (size interval task assignment):
// one half of the servers for jobs below the mean size, the other for the rest; within a half at random.

const MEAN_SIZE = 1;

/** @type {import("equipoise/policies").PlugInFactory} */
export default (fleet, random) => ({
  knows: ["job-size"],
  choose({ size }) {
    const { members } = fleet;
    if (members.size < 2) return members.size === 0 ? -1 : members.at(0);
    const half = Math.floor(members.size / 2);
    const [from, count] = size < MEAN_SIZE ? [0, half] : [half, members.size - half];
    return members.at(from + Math.floor(random() * count));
  },
});
