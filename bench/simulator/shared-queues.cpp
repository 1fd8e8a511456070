// The baseline for the twin of several dispatchers: the same model as one loop over a heap of events, with no policy, fleet or statistics but
// the mean sojourn time. JSQ with uniform ties on what servers tell (a message to every dispatcher at every change of a queue, added to the jobs
// under way), exponential delays of mean DELAY in both directions, and the messages of each connection in their order.
//   g++ -O2 -o shared-queues shared-queues.cpp && ./shared-queues SERVERS DISPATCHERS LOAD DELAY JOBS
// prints the jobs per second of CPU time, and the mean sojourn time that it came to.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <queue>
#include <vector>

enum Kind { ARRIVAL, DEPARTURE, JOB, DONE, NEWS };

struct Event {
  double time;
  uint64_t order;
  int kind, dispatcher, server;
  int queue, received;   // of news
  double work, sent;     // of jobs
};

struct Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.time > b.time || (a.time == b.time && a.order > b.order);
  }
};

struct Held {
  int dispatcher;
  double work, sent;
};

static uint32_t x = 123456789, y = 362436069, z = 521288629, w = 88675123;
static double uniform() {
  const uint32_t t = x ^ (x << 11);
  x = y, y = z, z = w;
  w = w ^ (w >> 19) ^ (t ^ (t >> 8));
  return w * 0x1p-32;
}
static double exponential(double mean) { return -mean * std::log1p(-uniform()); }

int main(int, char** words) {
  const int servers = std::atoi(words[1]), dispatchers = std::atoi(words[2]);
  const double load = std::atof(words[3]), delay = std::atof(words[4]);
  const long jobs = std::atol(words[5]);
  const clock_t begun = std::clock();

  std::priority_queue<Event, std::vector<Event>, Later> events;
  uint64_t order = 0;
  std::vector<double> lastTo(servers * dispatchers), lastFrom(servers * dispatchers);
  const auto send = [&](std::vector<double>& last, double now, Event event) {
    double& previous = last[event.dispatcher * servers + event.server];
    event.time = previous = std::max(previous, now + exponential(delay));
    event.order = order++;
    events.push(event);
  };

  std::vector<std::deque<Held>> lines(servers);
  // By dispatcher, and by server: jobs sent, jobs received by the server, and the queue length assumed.
  std::vector<int> sent(servers * dispatchers), received(servers * dispatchers), view(servers * dispatchers);
  const auto tell = [&](double now, int server) {
    for (int to = 0; to < dispatchers; to++)
      send(lastFrom, now,
           {0, 0, NEWS, to, server, int(lines[server].size()), received[to * servers + server], 0, 0});
  };

  long arrived = 0, completed = 0;
  double sojourn = 0;
  events.push({exponential(1 / (load * servers)), order++, ARRIVAL, 0, 0, 0, 0, 0, 0});
  while (completed < jobs) {
    const Event event = events.top();
    events.pop();
    const double now = event.time;
    const int server = event.server, pair = event.dispatcher * servers + server;
    switch (event.kind) {
      case ARRIVAL: {
        arrived++;
        const int dispatcher = int(dispatchers * uniform());
        int shortest = INT32_MAX, candidates = 0;
        for (int s = 0; s < servers; s++) {
          const int length = view[dispatcher * servers + s];
          if (length < shortest) shortest = length, candidates = 0;
          if (length == shortest) candidates++;
        }
        int chosen = int(candidates * uniform()), to = 0;
        for (;; to++)
          if (view[dispatcher * servers + to] == shortest && chosen-- == 0) break;
        view[dispatcher * servers + to]++;
        sent[dispatcher * servers + to]++;
        send(lastTo, now, {0, 0, JOB, dispatcher, to, 0, 0, exponential(1), now});
        events.push({now + exponential(1 / (load * servers)), order++, ARRIVAL, 0, 0, 0, 0, 0, 0});
        break;
      }
      case JOB:
        received[pair]++;
        lines[server].push_back({event.dispatcher, event.work, event.sent});
        if (lines[server].size() == 1) events.push({now + event.work, order++, DEPARTURE, 0, server, 0, 0, 0, 0});
        tell(now, server);
        break;
      case DEPARTURE: {
        const Held done = lines[server].front();
        lines[server].pop_front();
        send(lastFrom, now, {0, 0, DONE, done.dispatcher, server, 0, 0, 0, done.sent});
        if (!lines[server].empty())
          events.push({now + lines[server].front().work, order++, DEPARTURE, 0, server, 0, 0, 0, 0});
        tell(now, server);
        break;
      }
      case DONE:
        completed++;
        sojourn += now - event.sent;
        break;
      case NEWS:
        view[pair] = event.queue + sent[pair] - event.received;
        break;
    }
  }
  const double seconds = double(std::clock() - begun) / CLOCKS_PER_SEC;
  std::printf("%.0f %.6f\n", completed / seconds, sojourn / completed);
}
