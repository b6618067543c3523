// What StoreWriter does when nobody waits: deleting what is over its time, and trying whether the store can be written.
#include <algorithm>
#include <vector>

#include "core/base/limits.hpp"
#include "core/log/store_schema.hpp"
#include "core/log/store_statements.hpp"

namespace signalbox {
namespace {

// Pages that a probe writes, more or less what a small batch does.
constexpr int64_t kProbeBytes = 64 << 10;

struct Due {
  int64_t id;
  size_t rule;
  uint64_t trimmed;
  bool empty;
};

}  // namespace

StoreWriter::Swept StoreWriter::sweep(uint64_t last, int64_t wall_ns) {
  int code = connect();
  if (code != 0) return {status(code), false};
  Statements &s = *statements_;
  const int64_t ended = wall_ns >> kKeyStepBits;  // all keys of earlier steps are over their time
  s.old_key.query(ended);
  const bool keys = s.old_key.next();
  s.old_key.reset();
  const int64_t from = swept_;
  std::vector<Due> due;
  int64_t seen = 0;
  s.streams.query(from, static_cast<int64_t>(limits::kLogSweepStreams));
  while (s.streams.next()) {
    seen = s.streams.integer(0);
    const size_t rule = options_.rules.of(s.streams.bytes(1));
    const bool empty = s.streams.is_null(3);
    const int64_t for_ns = options_.rules[rule].for_ns;
    // The row of an empty channel says how far it is lost; only many of them are too many.
    if (empty ? streams_ + s.rows.made() > limits::kLogQuietStreamsMax
              : for_ns > 0 && wall_ns - s.streams.integer(3) >= for_ns)
      due.push_back({seen, rule, static_cast<uint64_t>(s.streams.integer(2)), empty});
  }
  if (s.old_key.code() != 0 || s.streams.code() != 0)
    return {status(give_up(s.old_key.code() ? s.old_key.code() : s.streams.code())), false};
  const bool wants_numbers = last + limits::kLogReserve / 2 >= reserved_;
  swept_ = seen;
  if (!keys && due.empty() && !wants_numbers) return {status(0), seen != 0};

  code = database_->run("BEGIN IMMEDIATE");
  if (code == 0 && keys) code = s.drop_keys.run(ended, static_cast<int64_t>(limits::kLogSweepRows));
  size_t rows = limits::kLogSweepRows, removed = 0;
  for (const Due &one : due) {
    if (code != 0) break;
    if (rows == 0) {  // the rest comes with the next step
      swept_ = one.id - 1;
      break;
    }
    if (one.empty) ++removed;
    code = one.empty ? s.rows.remove(one.id, one.trimmed) : s.rows.expire(one.id, one.rule, wall_ns, rows);
    if (rows == 0) swept_ = one.id - 1;
  }
  if (code == 0 && removed > 0) code = write_meta(*database_, "forgotten", s.rows.forgotten());
  if (code == 0) code = reserve(last);
  if (code == 0) code = database_->run("COMMIT");
  if (code != 0) {
    swept_ = from;
    return {status(give_up(code)), false};
  }
  reserved_ = reserving_;
  // The counts of what was swept are loaded again when they are needed.
  s.rows.clear();
  forgotten_ = s.rows.forgotten();
  streams_ -= std::min<uint64_t>(streams_, removed);
  return {status(0), keys || seen != 0};
}

Status StoreWriter::probe() {
  int code = connect();
  if (code != 0) return status(code);
  code = statements_->probe.run(kProbeBytes);
  if (code == 0) code = statements_->probe.run(int64_t{0});
  return status(code == 0 ? 0 : give_up(code));
}

}  // namespace signalbox
