// The store's two threads: what EventLog::Impl does with a store.
#include <algorithm>
#include <utility>

#include "core/base/assert.hpp"
#include "core/base/limits.hpp"
#include "core/base/log.hpp"
#include "core/log/event_log_impl.hpp"
#include "core/log/kept.hpp"
#include "core/log/store_reader.hpp"

namespace signalbox {

void EventLog::Impl::begin(OpenedStore store) {
  for (const auto &[scope, channel] : store.channels) memory_.stored(scope, channel);
  writer_ = std::make_unique<StoreWriter>(options_, std::move(store));
  reader_ = std::make_unique<StoreReader>(options_, epoch_);
  reading_ = std::make_unique<ReadingThread>([this](const LogQuery &query) { return read_disk(query); });
  {
    const std::lock_guard lock(mutex_);
    sequencer_.flush();
  }
  store_thread_ = std::thread([this] { run_store(); });
}

EventLog::Impl::~Impl() {
  reading_.reset();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    store_wanted_.notify_one();
  }
  if (store_thread_.joinable()) store_thread_.join();
  const std::lock_guard lock(mutex_);
  for (Emission &emission : pending_) sequencer_.refuse(emission, {SBX_ESTORE, {}});
  sequencer_.flush();
}

void EventLog::Impl::run_store() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (pending_.empty() && !sweep_due_) store_idle_.notify_all();
    store_wanted_.wait(lock, [&] { return stopping_ || sweep_due_ || !pending_.empty(); });
    if (stopping_) return;
    if (pending_.empty())
      sweep(lock);
    else
      commit(lock);
  }
}

std::vector<StoreItem> EventLog::Impl::take_batch() {
  std::vector<StoreItem> batch;
  QueueLoad load;
  while (!pending_.empty()) {
    const QueueLoad one = load_of(pending_.front());
    if (!load.fits(one, limits::kLogBatchEvents, limits::kLogBatchBytes)) break;
    load += one;
    StoreItem &item = batch.emplace_back();
    item.emission = std::move(pending_.front());
    pending_.pop_front();
    item.load = one;
    item.mark = sequencer_.take_number();
    item.needed = !item.emission.dedupe_key.empty();
    for (const LogEntry &entry : item.emission.events) {
      --pending_of_scope_[entry.scope];
      item.needed |= is_stored(entry);
    }
    sequencer_.number(item.emission.events);
    item.last = sequencer_.last().seq;
  }
  return batch;
}

void EventLog::Impl::commit(std::unique_lock<std::mutex> &lock) {
  std::vector<StoreItem> batch = take_batch();
  store_busy_ = true;
  sequencer_.hold();
  lock.unlock();
  const int64_t began_ns = clock_.mono_ns();
  const uint64_t events = writer_->committed_events();
  const Status status = writer_->commit(batch, clock_.wall_ns());
  counters_.commit_took(clock_.mono_ns() - began_ns);
  counters_.durable.add(writer_->committed_events() - events);
  (status.ok() ? counters_.commits : counters_.store_errors).add();
  lock.lock();
  finish(batch, status);
  lock.unlock();
  follower_.wake();
  batch.clear();  // the last references, without the lock
  writer_->move_keys(clock_.wall_ns(), false);
  writer_->checkpoint(false);  // who was answered just now may ask again at once
  lock.lock();
  store_busy_ = false;
}

void EventLog::Impl::finish(std::vector<StoreItem> &batch, const Status &status) {
  bool wrote = false;
  sequencer_.resume();
  for (StoreItem &item : batch) {
    pending_load_ -= item.load;
    if (item.receipt.status == SBX_DUPLICATE) counters_.duplicates.add();
    wrote |= item.needed && item.receipt.status == SBX_OK;
    if (item.receipt.status == SBX_OK)
      sequencer_.release(std::move(item.emission.events), std::move(item.emission.done), item.receipt);
    else
      sequencer_.refuse(item.emission, item.receipt);
  }
  sequencer_.flush();
  // A batch of nothing but duplicates, or of what only keeps its place, says nothing of the disk.
  if (wrote || !status.ok()) note(status);
}

void EventLog::Impl::sweep(std::unique_lock<std::mutex> &lock) {
  const uint64_t last = sequencer_.last().seq;
  const bool probe = problem_.has_value();
  bool more = true;
  store_busy_ = true;
  for (size_t step = 0; step < limits::kLogSweepSteps && more && pending_.empty() && !stopping_; ++step) {
    lock.unlock();
    StoreWriter::Swept swept = writer_->sweep(last, clock_.wall_ns());
    if (swept.status.ok() && probe && step == 0) swept.status = writer_->probe();
    writer_->move_keys(clock_.wall_ns(), true);
    writer_->checkpoint(true);
    if (!swept.status.ok()) counters_.store_errors.add();
    lock.lock();
    more = swept.more && swept.status.ok();
    if (probe || !swept.status.ok()) note(swept.status);
  }
  store_busy_ = false;
  sweep_due_ = false;
}

// Says once that the store cannot be written, and once that it can be again.
void EventLog::Impl::note(const Status &status) {
  if (status.ok()) {
    if (problem_) log(Level::info, "store", "the store can be written again");
    problem_.reset();
    return;
  }
  if (problem_ != status.message()) log(Level::error, "store", status.message());
  problem_ = status.message();
}

void EventLog::Impl::read_later(LogQuery query, std::function<void(LogPage)> done) {
  SBX_ASSERT(reading_);
  counters_.reads.add();
  reading_->ask(std::move(query), std::move(done));
}

void EventLog::Impl::read_kept_later(KeptQuery query, std::function<void(Result<KeptPage>)> done) {
  if (!reading_) return done(Status::error("there is no store, so nothing was kept: set store.path"));
  counters_.reads.add();
  reading_->run_later([this, query = std::move(query), done = std::move(done)] {
    Result<KeptPage> page = read_kept(options_.path, query);
    if (!page.ok()) counters_.store_errors.add();
    done(std::move(page));
  });
}

// Durable channels from the disk, the others from memory; both are whole up to the query's end, or say how far.
LogPage EventLog::Impl::read_disk(const LogQuery &query) {
  LogQuery halves[2] = {query, query};  // memory, disk
  for (LogQuery &half : halves) half.channels.clear();
  std::vector<bool> on_disk;
  for (const LogQuery::Channel &channel : query.channels) {
    on_disk.push_back(options_.rules[options_.rules.of(channel.name)].stored());
    halves[on_disk.back() ? 1 : 0].channels.push_back(channel);
  }
  const std::optional<LogPage> memory = read(halves[0]);
  SBX_ASSERT(memory);  // the disk has nothing of these
  Result<LogPage> disk = reader_->read(halves[1], clock_.wall_ns());
  if (!disk.ok()) {
    counters_.store_errors.add();
    log(Level::error, "store", disk.message());
    disk = gap_page(halves[1]);
  }
  LogPage page;
  page.upto = std::min(memory->upto, disk->upto);
  const LogPage *parts[2] = {&*memory, &*disk};
  size_t next[2] = {};
  for (const bool which : on_disk) page.channels.push_back(parts[which]->channels[next[which]++]);
  for (const LogPage *part : parts) page.events.insert(page.events.end(), part->events.begin(), part->events.end());
  sort_and_cut(page, query);
  return page;
}

}  // namespace signalbox
