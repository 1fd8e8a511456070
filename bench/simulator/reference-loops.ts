/**
 * Baselines for the engines: the same models as hand-written loops, with no policy, no fleet, and no statistics except the
 * integral of the number of jobs. Each returns jobs per server, so that nothing can be optimised away.
 */

/** JSQ(2) with replacement as a uniformised Markov chain. */
export function chainLoop(servers: number, arrivalRate: number, events: number, random: () => number): number {
  const queues = new Int32Array(servers);
  let [jobs, area] = [0, 0];
  const range = servers * (1 + arrivalRate);
  for (let event = 0; event < events; event++) {
    const draw = range * random();
    if (draw >= servers) {
      const one = Math.floor(servers * random());
      const other = Math.floor(servers * random());
      queues[queues[other] < queues[one] ? other : one]++;
      jobs++;
    } else if (queues[Math.floor(draw)] > 0) {
      queues[Math.floor(draw)]--;
      jobs--;
    }
    area += jobs;
  }
  return area / events / servers;
}

/** The same with Marsaglia's xorshift128 inlined: a bound for programs with an exchangeable random stream. */
export function inlinedChainLoop(servers: number, arrivalRate: number, events: number): number {
  const queues = new Int32Array(servers);
  let [x, y, z, w] = [123456789, 362436069, 521288629, 88675123];
  let jobs = 0;
  let area = 0;
  const range = servers * (1 + arrivalRate);
  for (let event = 0; event < events; event++) {
    let t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ (t ^ (t >>> 8));
    const draw = range * ((w >>> 0) * 2 ** -32);
    if (draw < servers) {
      const server = Math.floor(draw);
      if (queues[server] > 0) {
        queues[server]--;
        jobs--;
      }
    } else {
      t = x ^ (x << 11);
      [x, y, z] = [y, z, w];
      w = w ^ (w >>> 19) ^ (t ^ (t >>> 8));
      const one = Math.floor(servers * ((w >>> 0) * 2 ** -32));
      t = x ^ (x << 11);
      [x, y, z] = [y, z, w];
      w = w ^ (w >>> 19) ^ (t ^ (t >>> 8));
      const other = Math.floor(servers * ((w >>> 0) * 2 ** -32));
      queues[queues[other] < queues[one] ? other : one]++;
      jobs++;
    }
    area += jobs;
  }
  return area / events / servers;
}

/** JSQ(2) with replacement and exponential works, with a binary heap of completions. */
export function heapLoop(servers: number, arrivalRate: number, events: number, random: () => number): number {
  const queues = new Int32Array(servers);
  const times = new Float64Array(servers + 1);
  const owners = new Int32Array(servers + 1);
  let size = 0;
  const push = (time: number, owner: number): void => {
    let position = size++;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (times[parent] <= time) break;
      times[position] = times[parent];
      owners[position] = owners[parent];
      position = parent;
    }
    times[position] = time;
    owners[position] = owner;
  };
  const pop = (): void => {
    size--;
    const [time, owner] = [times[size], owners[size]];
    let position = 0;
    for (let child = 1; child < size; child = 2 * position + 1) {
      if (child + 1 < size && times[child + 1] < times[child]) child++;
      if (times[child] >= time) break;
      times[position] = times[child];
      owners[position] = owners[child];
      position = child;
    }
    times[position] = time;
    owners[position] = owner;
  };
  let [now, last, jobs, area] = [0, 0, 0, 0];
  let arrival = -Math.log1p(-random()) / (arrivalRate * servers);
  for (let event = 0; event < events; event++) {
    last = now;
    if (size > 0 && times[0] < arrival) {
      now = times[0];
      area += jobs * (now - last);
      const server = owners[0];
      pop();
      jobs--;
      if (--queues[server] > 0) push(now - Math.log1p(-random()), server);
    } else {
      now = arrival;
      area += jobs * (now - last);
      arrival = now - Math.log1p(-random()) / (arrivalRate * servers);
      const one = Math.floor(servers * random());
      const other = Math.floor(servers * random());
      const server = queues[other] < queues[one] ? other : one;
      jobs++;
      if (queues[server]++ === 0) push(now - Math.log1p(-random()), server);
    }
  }
  return area / now / servers;
}
