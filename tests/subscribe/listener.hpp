// A client as the promise of delivery sees it: it reads at its own pace, is cut, comes back on any lane with the last
// cursor it was shown, and judges whatever it is given.  Used on one lane at a time.
//
// It keeps one cursor for each channel, or (`one_cursor`) one for all, as a browser does that subscribes when it
// connects.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/subscribe/rig.hpp"

namespace signalbox::testing {

class Listener {
 public:
  // `exact`: nothing but what the log lost may be told as a gap (a policy that drops frames is another reason).
  Listener(Rig &rig, std::string name, bool one_cursor, bool exact)
      : rig_(rig), name_(std::move(name)), one_cursor_(one_cursor), exact_(exact) {}

  bool connected() const { return conn_ != 0; }
  unsigned lane() const { return lane_; }
  bool quiet() const { return asked_.empty(); }
  bool wants(const std::string &channel) const { return subs_.contains(channel); }
  bool one_cursor() const { return one_cursor_; }

  void connect(unsigned lane);  // and resume all its channels, in one request
  void cut();                   // at once; what it had not read is lost
  void subscribe(const std::vector<std::string> &channels);
  void unsubscribe(const std::string &channel);
  void transfer();
  void read(size_t bytes_max);
  // It has read all there is: what is still missing now is lost.
  void judge_end();
  // The first thing that was wrong; empty: nothing.
  const std::string &complaint() const { return complaint_; }

 private:
  struct Sub {
    uint64_t ref = 0;                  // the subscribe that it waits for; 0: it was answered
    std::optional<uint64_t> cursor;    // the last one that was shown for it
    uint64_t last = 0;                 // the newest event that was seen
    std::optional<uint64_t> complete;  // everything up to here was seen, or told as a gap; nothing: not known yet
    bool gap = false;                  // a gap was told that covers what is missing next
    bool gap_due = false;              // ... and nothing was found missing for it so far
    uint64_t gap_from = 0;             // `complete` when it was told
    bool vague = false;                // its place at the beginning is only known to be between two
  };
  void ask(const std::vector<std::string> &channels);
  void hear(const std::vector<std::string> &words);
  void subscribed(const std::vector<std::string> &words);
  void event(Sub &sub, const std::string &channel, uint64_t seq);
  void advance(Sub &sub, const std::string &channel, uint64_t upto, uint64_t shown);
  void settle_gap(Sub &sub, const std::string &channel);
  void wrong(const std::string &what);

  Rig &rig_;
  const std::string name_;
  const bool one_cursor_, exact_;
  unsigned lane_ = 0;
  sbx_id conn_ = 0;
  uint64_t ref_ = 0;
  std::map<uint64_t, std::set<std::string>> asked_;  // subscribes that are not live, with their channels
  std::map<std::string, Sub> subs_;
  std::optional<uint64_t> cursor_;  // the one for all
  std::string complaint_;
  std::vector<std::string> heard_;
};

}  // namespace signalbox::testing
