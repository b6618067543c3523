// When readers take their steps, and what they are given to read.
#include <optional>
#include <utility>

#include "core/plugin/subscriptions.hpp"

namespace signalbox {

void Subscriptions::schedule(Reader &at) {
  if (std::exchange(at.scheduled, true)) return;
  due_.emplace_back(readers_.at(at.conn()));
  defer_due();
}

void Subscriptions::defer_due() {
  if (due_.empty() || std::exchange(due_deferred_, true)) return;
  lane_.lane.defer([this, weak = std::weak_ptr<char>(alive_)] {
    if (!weak.expired()) run_due();
  });
}

// Those that are asked for while this runs have their turn in the lane's next one.
void Subscriptions::run_due() {
  due_deferred_ = false;
  work_left_ = limits().events_per_turn;
  for (size_t left = due_.size(); left > 0 && may_read(); --left) {
    const std::shared_ptr<Reader> next = due_.front().lock();
    due_.pop_front();
    if (next) run(next);
  }
  pages_.clear();
  defer_due();
}

void Subscriptions::run(const std::shared_ptr<Reader> &at) {
  at->scheduled = false;
  if (at->step()) return;
  auto it = readers_.find(at->conn());
  if (it == readers_.end() || it->second != at) return;  // its connection is gone
  if (net::Member *member = find(at->conn())) member->set_watched(false);
  readers_.erase(it);
}

PagePtr Subscriptions::read(const LogQuery &query) {
  if (PagePtr kept = pages_.find(query)) return kept;
  std::optional<LogPage> page = world_.log->read(query);
  if (!page) return {};
  auto shared = std::make_shared<const LogPage>(std::move(*page));
  pages_.keep(query, shared);
  return shared;
}

void Subscriptions::ask_disk(Reader &at, LogQuery query) {
  world_.log->read_later(
      std::move(query), [this, lane = &lane_.lane, weak = std::weak_ptr<Reader>(readers_.at(at.conn()))](LogPage page) {
        lane->post([this, weak, page = std::make_shared<LogPage>(std::move(page))] {
          const std::shared_ptr<Reader> alive = weak.lock();
          if (!alive) return;
          alive->arrive(std::move(*page));
          run(alive);
          pages_.clear();
        });
      });
}

}  // namespace signalbox
