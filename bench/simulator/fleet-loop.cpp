// The baseline for the simulator of a fleet: the same model as one loop, with no policy interface, fleet or statistics but the mean sojourn
// time and the histograms of times at servers and of waiting, from which percentiles are read. Poisson arrivals, lognormal sizes of unit mean
// and SCV 4, first in first out; one dispatcher, which knows the jobs that it has sent and not got back; constant DELAY both ways.
//   g++ -O2 -o fleet-loop fleet-loop.cpp && ./fleet-loop SERVERS jsq|jsq-d LOAD DELAY JOBS
// prints the jobs per second of CPU time, the mean sojourn time, and the 99th percentile of the times at servers.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <queue>
#include <utility>
#include <vector>

static uint32_t x = 123456789, y = 362436069, z = 521288629, w = 88675123;
static double uniform() {
  const uint32_t t = x ^ (x << 11);
  x = y, y = z, z = w;
  w = w ^ (w >> 19) ^ (t ^ (t >> 8));
  return w * 0x1p-32;
}
static int below(int bound) { return int(bound * uniform()); }

// By the polar method, two at a time.
static double normal() {
  static double spare;
  static bool hasSpare = false;
  if (hasSpare) return hasSpare = false, spare;
  double a, b, square;
  do {
    a = 2 * uniform() - 1, b = 2 * uniform() - 1;
    square = a * a + b * b;
  } while (square >= 1 || square == 0);
  const double factor = std::sqrt(-2 * std::log(square) / square);
  hasSpare = true, spare = b * factor;
  return a * factor;
}
static const double VARIANCE = std::log(5);
static double size() { return std::exp(std::sqrt(VARIANCE) * normal() - VARIANCE / 2); }

// 128 bins for each doubling of the time.
struct Histogram {
  std::vector<long> counts = std::vector<long>(1 << 18);
  void add(double time) {
    uint64_t bits;
    std::memcpy(&bits, &time, 8);
    counts[bits >> 45]++;
  }
  double quantile(double p) const {
    long total = 0, seen = 0;
    for (const long count : counts) total += count;
    uint64_t bin = 0;
    while ((seen += counts[bin]) < p * total) bin++;
    const uint64_t bits = bin << 45;
    double time;
    std::memcpy(&time, &bits, 8);
    return time;
  }
};

// Servers in ascending order of their queues: one moves to the next level by a swap at its boundary.
struct Levels {
  std::vector<int> order, position, lengths, starts{0};
  explicit Levels(int servers) : order(servers), position(servers), lengths(servers) {
    for (int i = 0; i < servers; i++) order[i] = position[i] = i;
    starts.push_back(servers);
  }
  void swap(int server, int to) {
    const int other = order[to];
    std::swap(order[position[server]], order[to]);
    std::swap(position[server], position[other]);
  }
  void rise(int server) {
    const int level = lengths[server]++;
    if (level + 2 == int(starts.size())) starts.push_back(starts.back());
    swap(server, --starts[level + 1]);
  }
  void fall(int server) { swap(server, starts[lengths[server]--]++); }
  int shortest() const {
    int level = 0;
    while (starts[level] == starts[level + 1]) level++;
    return order[starts[level] + below(starts[level + 1] - starts[level])];
  }
};

struct Job {
  double work, sent, accepted;
};
struct Message {
  double arrival;
  int server;
  Job job;
};
using Due = std::pair<double, int>;

int main(int, char** words) {
  const int servers = std::atoi(words[1]);
  const bool all = std::strcmp(words[2], "jsq") == 0;
  const double rate = std::atof(words[3]) * servers, delay = std::atof(words[4]);
  const long jobs = std::atol(words[5]);
  const clock_t begun = std::clock();

  Levels levels(servers);
  std::vector<int> view(servers);
  std::vector<std::deque<Job>> lines(servers);
  std::priority_queue<Due, std::vector<Due>, std::greater<Due>> due;
  std::queue<Message> toServers, fromServers;
  Histogram sojourns, waits;
  long completed = 0;
  double sojourn = 0, arrival = -std::log1p(-uniform()) / rate;

  const auto choose = [&] {
    if (all) return levels.shortest();
    const int one = below(servers), drawn = below(servers - 1), other = drawn + (drawn >= one);
    return view[other] < view[one] ? other : one;
  };
  const auto accept = [&](double now, int server, Job job) {
    job.accepted = now;
    lines[server].push_back(job);
    if (lines[server].size() == 1) due.emplace(now + job.work, server);
  };
  const auto end = [&](double now, int server, const Job& job) {
    if (all) levels.fall(server);
    view[server]--;
    completed++;
    sojourn += now - job.sent;
  };

  while (completed < jobs) {
    const double departure = due.empty() ? INFINITY : due.top().first;
    const double there = toServers.empty() ? INFINITY : toServers.front().arrival;
    const double back = fromServers.empty() ? INFINITY : fromServers.front().arrival;
    const double now = std::min(std::min(arrival, departure), std::min(there, back));
    if (now == departure) {
      const int server = due.top().second;
      due.pop();
      const Job job = lines[server].front();
      lines[server].pop_front();
      if (!lines[server].empty()) due.emplace(now + lines[server].front().work, server);
      sojourns.add(now - job.accepted);
      waits.add(std::max(0.0, now - job.accepted - job.work));
      if (delay > 0) fromServers.push({now + delay, server, job});
      else end(now, server, job);
    } else if (now == there) {
      accept(now, toServers.front().server, toServers.front().job);
      toServers.pop();
    } else if (now == back) {
      end(now, fromServers.front().server, fromServers.front().job);
      fromServers.pop();
    } else {
      const int server = choose();
      if (all) levels.rise(server);
      view[server]++;
      const Job job{size(), now, 0};
      if (delay > 0) toServers.push({now + delay, server, job});
      else accept(now, server, job);
      arrival = now - std::log1p(-uniform()) / rate;
    }
  }
  const double seconds = double(std::clock() - begun) / CLOCKS_PER_SEC;
  std::printf("%.0f %.6f %.4f %.4f\n", completed / seconds, sojourn / completed, sojourns.quantile(0.99), waits.quantile(0.99));
}
