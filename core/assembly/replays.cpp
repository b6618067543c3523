#include "core/assembly/replays.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/log.hpp"

namespace signalbox {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
// What a step is given at once; at 200 a second that is four requests.
constexpr int64_t kStepNs = 20'000'000;

}  // namespace

ReplayStart Replays::begin(const ReplayOrder &order) {
  using Answer = ReplayStart::Answer;
  const auto found = sources_.find(order.source);
  if (found == sources_.end()) return {Answer::unknown};
  Instance &source = *found->second.source;
  if (!found->second.keeps) return {Answer::keeps_nothing};
  if (!world_.log || !world_.log->health().durable) return {Answer::no_store};
  if (stopping_) return {Answer::stopping};
  uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (running_) return {Answer::busy};
    running_ = true;
    // Never one of another run of the program, which somebody may still ask about.
    number_ = std::max(number_ + 1, static_cast<uint64_t>(wall_ns() / 1'000'000));
    number = number_;
    progress_ = {};
  }
  source.lane().lane.post([this, order, &source] { run(order, source); });
  return {Answer::begun, number};
}

std::optional<ReplayProgress> Replays::progress(uint64_t number) const {
  const std::lock_guard lock(mutex_);
  if (number == 0 || number != number_) return std::nullopt;
  return progress_;
}

void Replays::run(const ReplayOrder &order, Instance &source) {
  job_ = {};
  job_.order = order;
  job_.source = &source;
  job_.query.source = order.source;
  job_.query.since_ns = order.since_ns;
  job_.query.until_ns = order.until_ns;
  job_.query.id = order.id;
  job_.timer = source.lane().lane.timer(0, kStepNs, [this](io::TimerId) { step(); });
}

void Replays::read() {
  job_.reading = true;
  io::Lane &lane = job_.source->lane().lane;
  world_.log->read_kept_later(job_.query, [this, &lane](Result<KeptPage> page) {
    auto moved = std::make_shared<Result<KeptPage>>(std::move(page));
    lane.post([this, moved] { came(std::move(*moved)); });
  });
}

void Replays::came(Result<KeptPage> page) {
  job_.reading = false;
  if (!page.ok()) return end(page.message());
  job_.more = page->more;
  job_.query.after = page->after;
  uint64_t found = 0;
  for (KeptPage::Kept &kept : page->kept) {
    if (kept.raw == job_.last) continue;
    job_.last = kept.raw;
    ++found;
    if (!job_.order.dry_run) job_.waiting.push_back(std::move(kept));
  }
  const std::lock_guard lock(mutex_);
  progress_.found += found;
}

void Replays::step() {
  if (job_.reading) return;
  if (stopping_) return end("signalbox is shutting down");
  if (job_.waiting.empty()) return job_.more ? read() : end({});
  const LogHealth health = world_.log->health();
  if (health.waiting_events > limits::kKeptReplayWaitingMax) return;
  const int64_t cost_ns = kSecondNs / job_.order.per_second;
  for (job_.credit_ns += kStepNs; job_.credit_ns >= cost_ns && !job_.waiting.empty(); job_.credit_ns -= cost_ns) {
    replay_one(job_.waiting.front());
    job_.waiting.pop_front();
  }
}

void Replays::replay_one(const KeptPage::Kept &kept) {
  const int64_t events = job_.source->replay(kept.raw, kept.wall_ns);
  world_.metrics
      .counter("signalbox_replayed_total", "Kept requests that were replayed, by what became of them.",
               {{"source", job_.source->name()}, {"outcome", events < 0 ? "failed" : "routed"}})
      .add();
  const std::lock_guard lock(mutex_);
  ++(events < 0 ? progress_.failed : progress_.routed);
  progress_.events += static_cast<uint64_t>(std::max<int64_t>(events, 0));
}

void Replays::end(const std::string &problem) {
  job_.source->lane().lane.cancel(std::exchange(job_.timer, 0));
  const std::string component = job_.source->component();
  job_ = {};
  ReplayProgress told;
  {
    const std::lock_guard lock(mutex_);
    progress_.ended = true;
    progress_.problem = problem;
    running_ = false;
    told = progress_;
  }
  log(problem.empty() ? Level::info : Level::error, component,
      "a replay has ended" + (problem.empty() ? "" : ": " + problem),
      {{"found", std::to_string(told.found)},
       {"routed", std::to_string(told.routed)},
       {"failed", std::to_string(told.failed)}});
}

}  // namespace signalbox
