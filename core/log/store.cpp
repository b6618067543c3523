#include "core/log/store.hpp"

#include <algorithm>

#include "core/base/entropy.hpp"
#include "core/base/limits.hpp"
#include "core/base/log.hpp"
#include "core/log/store_rules.hpp"

namespace signalbox {
namespace {

Status make_new(const EventLogOptions &options) {
  StoreMeta meta;
  random_bytes(&meta.epoch, sizeof meta.epoch);
  meta.rules = rules_text(options.rules, options.scopes);
  return create_store(options.path, meta);
}

Status damaged(const EventLogOptions &options, const std::string &how) {
  return Status::error("the store " + options.path + " is damaged (" + how + "): put back a copy of it, or set " +
                       "store.recover: true to have it moved aside and begin with an empty one");
}

// A whole store is there afterwards, or there is an error.
Result<StoreVerdict> find_or_make(const EventLogOptions &options, int64_t wall_ns) {
  Result<bool> exists = store_exists(options.path);
  if (!exists.ok()) return exists.status();
  if (*exists) {
    StoreVerdict found = examine_store(options.path, options.size_max);
    if (found.what == StoreVerdict::What::fine) return found;
    if (found.what == StoreVerdict::What::refused) return Status::error(found.message);
    if (!options.recover) return damaged(options, found.message);
    found.database.reset();
    Result<std::string> aside = move_aside(options.path, wall_ns);
    if (!aside.ok()) return aside.status();
    log(Level::error, "store", "the store was damaged: it was moved aside, and an empty one begins",
        {{"damage", found.message}, {"moved_to", *aside}});
  }
  if (Status s = make_new(options); !s.ok()) return s;
  StoreVerdict made = examine_store(options.path, options.size_max);
  if (made.what != StoreVerdict::What::fine)
    return Status::error("the new store " + options.path + " cannot be used: " + made.message);
  return made;
}

Status cannot_use(const EventLogOptions &options, const Database &database) {
  return Status::error("the store " + options.path + " cannot be used: " + database.problem());
}

int list_channels(const EventLogOptions &options, OpenedStore &store) {
  Statement all(*store.database, "SELECT scope, channel FROM stream");
  all.query();
  while (all.next()) {
    ++store.streams;
    const auto scope = std::find(options.scopes.begin(), options.scopes.end(), all.bytes(0));
    if (scope != options.scopes.end())
      store.channels.emplace_back(static_cast<uint32_t>(scope - options.scopes.begin()), all.bytes(1));
  }
  return all.code();
}

}  // namespace

Result<OpenedStore> open_store(const EventLogOptions &options, int64_t wall_ns) {
  OpenedStore store;
  if (Status s = prepare_folder(options.path); !s.ok()) return s;
  auto lock = StoreLock::take(options.path);
  if (!lock.ok()) return lock.status();
  store.lock = lock.take();
  Result<StoreVerdict> found = find_or_make(options, wall_ns);
  if (!found.ok()) return found.status();
  store.database = std::move(found->database);
  Database &database = *store.database;
  // Positions that were used by events in memory alone have left no trace: none of those set aside is used again.
  store.last = {found->meta.epoch, found->meta.reserved};
  store.reserved = store.last.seq + limits::kLogReserve;
  store.forgotten = found->meta.forgotten;
  if (write_meta(database, "reserved", store.reserved) != 0) return cannot_use(options, database);
  if (const std::string rules = rules_text(options.rules, options.scopes); found->meta.rules != rules) {
    // What was kept in memory alone so far may be durable from now on.
    store.forgotten = store.last.seq;
    if (apply_rules(database, options.rules, rules, store.last.seq) != 0) return cannot_use(options, database);
  }
  if (list_channels(options, store) != 0) return cannot_use(options, database);
  return store;
}

}  // namespace signalbox
