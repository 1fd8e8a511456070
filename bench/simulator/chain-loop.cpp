// The baseline for the chain engine: JSQ(2) with replacement as a uniformised Markov chain (chainLoop of reference-loops.ts), with no policy
// or statistics but the sum of the jobs over the events.
//   g++ -O2 -o chain-loop chain-loop.cpp && ./chain-loop SERVERS LOAD EVENTS
// prints the events per second of CPU time, and the mean queue length.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

static uint32_t x = 123456789, y = 362436069, z = 521288629, w = 88675123;
static double uniform() {
  const uint32_t t = x ^ (x << 11);
  x = y, y = z, z = w;
  w = w ^ (w >> 19) ^ (t ^ (t >> 8));
  return w * 0x1p-32;
}

int main(int, char** words) {
  const int servers = std::atoi(words[1]);
  const double range = servers * (1 + std::atof(words[2]));
  const long events = std::atol(words[3]);
  const clock_t begun = std::clock();
  std::vector<int> queues(servers);
  long jobs = 0;
  double area = 0;
  for (long event = 0; event < events; event++) {
    const double draw = range * uniform();
    if (draw >= servers) {
      const int one = int(servers * uniform()), other = int(servers * uniform());
      queues[queues[other] < queues[one] ? other : one]++;
      jobs++;
    } else if (queues[int(draw)] > 0) {
      queues[int(draw)]--;
      jobs--;
    }
    area += jobs;
  }
  const double seconds = double(std::clock() - begun) / CLOCKS_PER_SEC;
  std::printf("%.0f %.6f\n", events / seconds, area / events / servers);
}
