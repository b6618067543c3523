#include "core/log/store_rules.hpp"

#include "core/base/limits.hpp"
#include "core/log/store_schema.hpp"

namespace signalbox {
namespace {

struct Channel {
  int64_t id;
  ChannelRule rule;
};

std::vector<Channel> some_channels(Statement &list, const ChannelRules &rules, int64_t after) {
  std::vector<Channel> out;
  list.query(after, static_cast<int64_t>(limits::kLogSweepStreams));
  while (list.next()) out.push_back({list.integer(0), rules[rules.of(list.bytes(1))]});
  return out;
}

class Trimmer {
 public:
  explicit Trimmer(Database &database)
      : newest_(database, "SELECT seq, bytes FROM event INDEXED BY event_of_stream WHERE stream = ? ORDER BY seq DESC"),
        drop_(database, "DELETE FROM event WHERE stream = ? AND seq <= ?"),
        save_(database, "UPDATE stream SET trimmed = max(trimmed, ?) WHERE id = ?"),
        remove_(database, "DELETE FROM stream WHERE id = ?") {}

  int keep_to_rule(const Channel &channel) {
    const uint64_t last_gone = first_over(channel);
    if (newest_.code() != 0) return newest_.code();
    if (last_gone > 0) {
      if (const int code = drop_.run(channel.id, last_gone)) return code;
      if (const int code = save_.run(last_gone, channel.id)) return code;
    }
    return channel.rule.stored() ? 0 : remove_.run(channel.id);
  }

 private:
  // The newest event that the rule has no room for; 0: there is none.
  uint64_t first_over(const Channel &channel) {
    uint64_t events = 0, bytes = 0;
    newest_.query(channel.id);
    while (newest_.next()) {
      bytes += static_cast<uint64_t>(newest_.integer(1));
      const ChannelRule &rule = channel.rule;
      if (rule.stored() && ++events <= rule.events && (rule.bytes == 0 || bytes <= rule.bytes)) continue;
      const auto seq = static_cast<uint64_t>(newest_.integer(0));
      newest_.reset();
      return seq;
    }
    return 0;
  }

  Statement newest_, drop_, save_, remove_;
};

}  // namespace

std::string rules_text(const ChannelRules &rules, const std::vector<std::string> &scopes) {
  std::string out;
  for (const std::string &scope : scopes) out += scope + '\n';
  for (size_t i = 0; i < rules.size(); ++i) {
    const ChannelRule &rule = rules[i];
    // A rule that does not concern the store matters as well: it comes before others.
    out += rule.match + ' ' + std::to_string(rule.stored()) + ' ' + std::to_string(rule.events) + ' ' +
           std::to_string(rule.bytes) + '\n';
  }
  return out;
}

int apply_rules(Database &database, const ChannelRules &rules, const std::string &text, uint64_t seq) {
  Statement list(database, "SELECT id, channel FROM stream WHERE id > ? ORDER BY id LIMIT ?");
  Trimmer trimmer(database);
  if (const int code = write_meta(database, "forgotten", seq)) return code;
  int64_t done = 0;
  while (true) {
    const std::vector<Channel> channels = some_channels(list, rules, done);
    if (list.code() != 0) return list.code();
    if (channels.empty()) break;
    int code = database.run("BEGIN IMMEDIATE");
    for (const Channel &channel : channels)
      if (code == 0) code = trimmer.keep_to_rule(channel);
    if (code == 0) code = database.run("COMMIT");
    if (code != 0) {
      database.roll_back();
      return code;
    }
    if (database.wal_pages() > limits::kLogWalPages) database.checkpoint(false);
    done = channels.back().id;
  }
  Statement note(database, "INSERT OR REPLACE INTO meta VALUES('rules', ?)");
  return note.run(std::string_view(text));
}

}  // namespace signalbox
