// What a plugin is lent during a call: bytes and events in heap blocks of their own, of exactly their size and without
// a NUL behind them, overwritten and freed when the call is over.  A plugin that keeps a pointer (R1), or reads past
// the end, is then found by AddressSanitizer, and without it reads rubbish.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../sbx.hpp"

namespace sbx::testing {

class Lent {
 public:
  explicit Lent(std::string_view bytes)
      : size_(bytes.size()), bytes_(bytes.empty() ? nullptr : std::make_unique<char[]>(bytes.size())) {
    if (bytes_) std::memcpy(bytes_.get(), bytes.data(), size_);
  }
  Lent(Lent &&) = default;
  Lent &operator=(Lent &&) = delete;
  ~Lent() {
    // volatile: a plain fill of memory that is about to be freed would be optimised away.
    volatile char *p = bytes_.get();
    for (size_t i = 0; p && i < size_; ++i) p[i] = static_cast<char>(0xDD);
  }
  sbx_str str() const { return {bytes_.get(), bytes_ ? size_ : 0}; }

 private:
  size_t size_;
  std::unique_ptr<char[]> bytes_;
};

// An event with strings of its own: what a test gives to a filter or sink, and what it finds emitted.
struct Event {
  std::string channel = {}, name = {}, data = {}, id = {}, except = {};
  bool binary = false;
  std::vector<std::pair<std::string, std::string>> attrs = {};
  uint64_t epoch = 0, seq = 0;
  int64_t wall_ns = 0;
  uint64_t ack = 0;  // of an emit; so the next three
  std::string dedupe_key = {};
  int64_t dedupe_ns = 0;
  std::string raw_bytes = {};
  std::string cursor = {};
  uint32_t scope = 0;
  bool gap = false;        // SBX_EVENT_GAP
  bool transient = false;  // SBX_EVENT_TRANSIENT
  bool presence = false;   // SBX_EVENT_PRESENCE
  bool operator==(const Event &) const = default;

  static Event copy_of(const sbx_event &e, const sbx_emit *how = nullptr) {
    Event out{std::string(view(e.channel)), std::string(view(e.name)), std::string(view(e.data)),
              std::string(view(e.id)), std::string(view(e.except))};
    out.binary = (e.flags & SBX_EVENT_BINARY) != 0;
    out.gap = (e.flags & SBX_EVENT_GAP) != 0;
    out.transient = (e.flags & SBX_EVENT_TRANSIENT) != 0;
    out.presence = (e.flags & SBX_EVENT_PRESENCE) != 0;
    for (size_t i = 0; i < e.attr_count; ++i) out.attrs.emplace_back(view(e.attrs[i].key), view(e.attrs[i].value));
    out.epoch = e.epoch;
    out.seq = e.seq;
    out.wall_ns = e.wall_ns;
    out.cursor = view(e.cursor);
    out.scope = e.scope;
    if (!how) return out;
    out.ack = how->ack;
    out.dedupe_key = view(how->dedupe_key);
    out.dedupe_ns = how->dedupe_ns;
    out.raw_bytes = view(how->raw);
    return out;
  }
};

// An event as the host holds it; plugins see only `head`.
class LentEvent {
 public:
  explicit LentEvent(const Event &e) {
    head.size = sizeof head;
    const auto flag = [](bool on, uint32_t bit) { return on ? bit : 0u; };
    head.flags = flag(e.binary, SBX_EVENT_BINARY) | flag(e.gap, SBX_EVENT_GAP) |
                 flag(e.transient, SBX_EVENT_TRANSIENT) | flag(e.presence, SBX_EVENT_PRESENCE);
    head.epoch = e.epoch;
    head.seq = e.seq;
    head.wall_ns = e.wall_ns;
    head.channel = keep(e.channel);
    head.name = keep(e.name);
    head.data = keep(e.data);
    head.id = keep(e.id);
    head.except = keep(e.except);
    head.cursor = keep(e.cursor);
    head.scope = e.scope;
    for (const auto &[key, value] : e.attrs) attrs_.push_back({keep(key), keep(value)});
    head.attrs = attrs_.data();
    head.attr_count = attrs_.size();
  }
  LentEvent(const LentEvent &) = delete;
  LentEvent &operator=(const LentEvent &) = delete;

  sbx_event head{};
  int refs = 1;

 private:
  sbx_str keep(std::string_view bytes) { return bytes_.emplace_back(bytes).str(); }
  std::list<Lent> bytes_;
  std::vector<sbx_attr> attrs_;
};

}  // namespace sbx::testing
