// The bodies of fake_log.hpp, which includes this.
#pragma once
#include "fake_log.hpp"

namespace sbx::testing {

inline constexpr char kBase64Url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

inline std::string FakeLog::cursor_text(uint64_t epoch, uint64_t seq) {
  std::string out;
  for (int i = 0; i < 22; ++i) {  // 21 digits of six bits, the last one of two bits and four zeros
    uint32_t digit = 0;
    for (int bit = 6 * i; bit < 6 * i + 6; ++bit) {
      const uint64_t word = bit < 64 ? epoch : seq;
      digit = digit << 1 | (bit < 128 ? static_cast<uint32_t>(word >> (63 - bit % 64)) & 1u : 0u);
    }
    out += kBase64Url[digit];
  }
  return out;
}

inline bool FakeLog::parse_text(std::string_view text, uint64_t &epoch, uint64_t &seq) {
  if (text.size() != 22) return false;
  uint64_t words[2] = {0, 0};
  for (int bit = 0; bit < 128; ++bit) {
    const char *digit = std::strchr(kBase64Url, text[static_cast<size_t>(bit / 6)]);
    if (!digit || *digit == '\0') return false;
    words[bit / 64] = words[bit / 64] << 1 | (static_cast<uint64_t>(digit - kBase64Url) >> (5 - bit % 6) & 1u);
  }
  epoch = words[0];
  seq = words[1];
  return cursor_text(epoch, seq) == text;
}

inline bool FakeLog::matches(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] != '*') return !text.empty() && text[0] == pattern[0] && matches(text.substr(1), pattern.substr(1));
  for (size_t i = 0; i <= text.size(); ++i)
    if (matches(text.substr(i), pattern.substr(1))) return true;
  return false;
}

inline std::string FakeLog::event(Event e) {
  e.epoch = epoch;
  e.seq = ++seq;
  e.wall_ns = host_.now_ns + host_.wall_offset_ns;
  e.cursor = cursor_at(seq);
  Channel &c = channels_[e.channel];
  c.kept.push_back(e);
  for (const size_t n = rule_of(e.channel).events; c.kept.size() > n; c.kept.pop_front()) c.trimmed = c.kept[0].seq;
  show(e);
  host_.turn();
  return e.cursor;
}

inline void FakeLog::show(const Event &e) {
  for (auto &gate : gates_)
    if (in_gate(*gate, e)) gate->waiting.push_back(e);
  current_ = &e;
  host_.give(e);
  current_ = nullptr;
}

inline sbx_status FakeLog::subscribe(sbx_id conn, const sbx_subscribe &s) {
  if (s.size < sizeof(sbx_subscribe)) fault("R5: a subscribe without its size");
  if (!open_) return SBX_ESTATE;
  if (const sbx_status state = fanout_.takes_frames(conn); state != SBX_OK) return state;
  if (s.channel_count == 0 || s.kind.len > kKindMax) return SBX_EINVAL;
  if (s.channel_count > channels_max) return SBX_ETOOBIG;
  auto gate = std::make_shared<Gate>();
  gate->conn = conn;
  gate->ref = s.ref;
  gate->kind = view(s.kind);
  for (size_t i = 0; i < s.channel_count; ++i)
    gate->asked.emplace_back(view(s.channels[i].channel), view(s.channels[i].since));
  host_.later([this, gate] {
    if (!alive(*gate)) return;
    gates_.push_back(gate);
    admit(*gate);
    if (!hold_) release(*gate);
  });
  return SBX_OK;
}

inline FakeLog::Start FakeLog::start_of(const std::string &channel, std::string_view since) const {
  const auto found = channels_.find(channel);
  const Channel none, &c = found == channels_.end() ? none : found->second;
  if (since.empty()) {
    const Replay replay = rule_of(channel).replay;
    if (replay == Replay::kNone || c.kept.empty()) return {seq, false, false};
    return {replay == Replay::kLast ? c.kept.back().seq - 1 : c.kept.front().seq - 1, false, false};
  }
  uint64_t its_epoch = 0, its_seq = 0;
  const bool known = parse_text(since, its_epoch, its_seq) && its_epoch == epoch && its_seq <= seq;
  const bool gap = !known || its_seq < c.trimmed;
  return {gap ? c.trimmed : its_seq, gap, !gap};
}

// Registers the channels at the head and says so.
inline void FakeLog::admit(Gate &gate) {
  struct Answer {
    std::string channel;
    sbx_status status;
    bool recovered;
  };
  std::vector<Answer> answers;
  std::deque<Event> gaps, replay;
  gate.place = seq;
  for (const auto &[channel, since] : gate.asked) {
    if (channel.empty() || channel.size() > kChannelMax) {
      answers.push_back({channel, SBX_EINVAL, false});
      continue;
    }
    Want want{channel, {}};
    for (uint32_t scope = 0; scope < pipelines; ++scope)
      if (!refused_.contains({channel, scope})) want.scopes.push_back(scope);
    const bool is_in = subscribed(gate.conn, gate.kind, channel);
    answers.push_back({channel, want.scopes.empty() ? SBX_EREFUSED : SBX_OK, false});
    if (is_in || want.scopes.empty()) continue;
    const Start start = start_of(channel, since);
    answers.back().recovered = start.recovered;
    gate.wants.push_back(want);
    gate.place = std::min(gate.place, start.after);
    if (start.gap) {
      gaps.push_back({.channel = channel});
      gaps.back().gap = true;
      gaps.back().scope = want.scopes[0];
    }
    for (const Event &e : channels_[channel].kept)
      if (e.seq > start.after && std::count(want.scopes.begin(), want.scopes.end(), e.scope)) replay.push_back(e);
  }
  std::stable_sort(replay.begin(), replay.end(), [](const Event &a, const Event &b) { return a.seq < b.seq; });
  gate.waiting = std::move(gaps);
  gate.waiting.insert(gate.waiting.end(), replay.begin(), replay.end());
  uint64_t place = gate.place;  // the connection's: also of its other replays
  for (const auto &other : gates_)
    if (other->conn == gate.conn) place = std::min(place, other->place);
  for (const Answer &a : answers) answer(gate, a.channel, a.status, place, a.recovered);
}

inline void FakeLog::answer(const Gate &gate, std::string_view channel, sbx_status status, uint64_t place,
                            bool recovered) {
  if (!alive(gate) || !on_.on_subscribed) return;
  const Lent name(channel), cursor(cursor_at(place));
  const sbx_subscribed s{sizeof(sbx_subscribed), status, gate.ref, name.str(), cursor.str(), recovered ? 1 : 0, 0};
  host_.call([&] { on_.on_subscribed(user_, gate.conn, &s); });
}

inline void FakeLog::hand_next(Gate &gate) {
  const Event e = std::move(gate.waiting.front());
  gate.waiting.pop_front();
  if (e.seq) gate.place = e.seq;
  if (!alive(gate) || !in_gate(gate, e) || !on_.on_replay) return;
  host_.lend(e, [&](const sbx_event *head) { host_.call([&] { on_.on_replay(user_, gate.conn, head); }); });
}

inline void FakeLog::release(Gate &gate) {
  if (gate.over) return;
  while (!gate.waiting.empty()) hand_next(gate);
  const bool still = alive(gate);
  for (const Want &want : gate.wants)
    for (const uint32_t scope : want.scopes)
      if (still) fanout_.join(gate.conn, group(gate.kind, scope, want.channel));
  end(gate);
  if (!still || !on_.on_live) return;
  uint64_t place = seq;
  for (const auto &other : gates_)
    if (other->conn == gate.conn) place = std::min(place, other->place);
  const Lent cursor(cursor_at(place));
  host_.call([&] { on_.on_live(user_, gate.conn, gate.ref, cursor.str()); });
}

inline sbx_status FakeLog::unsubscribe(sbx_id conn, std::string_view channel) {
  if (!open_) return SBX_ESTATE;
  if (const sbx_status state = fanout_.takes_frames(conn); state != SBX_OK) return state;
  size_t left = 0;
  for (auto &gate : gates_)
    if (gate->conn == conn) left += std::erase_if(gate->wants, [&](const Want &w) { return w.channel == channel; });
  std::vector<std::string> names;  // a copy: leaving the last member ends a group
  for (const auto &[name, members] : fanout_.groups)
    if (name.starts_with(kMark) && std::string_view(name).substr(name.find(kEnd) + 1) == channel &&
        std::count(members.begin(), members.end(), conn))
      names.push_back(name);
  for (const std::string &name : names) fanout_.leave(conn, name);
  return left + names.size() > 0 ? SBX_OK : SBX_ENOENT;
}

inline const sbx_log *FakeLog::table() {
  static const sbx_log t{
      sizeof(sbx_log),
      0,
      [](const sbx_host *h, const sbx_log_events *on, void *user) noexcept -> sbx_status {
        FakeLog &log = at(h);
        if (std::exchange(log.open_, true)) return SBX_ESTATE;
        std::memcpy(&log.on_, on, std::min<size_t>(on->size, sizeof log.on_));  // R1: the table is only lent
        log.user_ = user;
        return SBX_OK;
      },
      [](const sbx_host *h, sbx_id conn, const sbx_subscribe *s) noexcept { return at(h).subscribe(conn, *s); },
      [](const sbx_host *h, sbx_id conn, sbx_str channel) noexcept { return at(h).unsubscribe(conn, view(channel)); },
      [](const sbx_host *h, const sbx_event *e, sbx_str kind, const sbx_frame *f, sbx_id except) noexcept -> size_t {
        const Event *now = at(h).current_;
        if (!now || now->channel != view(e->channel) || now->seq != e->seq)
          fault("log.publish of an event that is not the one in on_event");
        return at(h).fanout_.publish(group(view(kind), e->scope, view(e->channel)), FakeFanout::copy_of(*f), except);
      },
      [](const sbx_host *h, sbx_cursor *out) noexcept { write(at(h).cursor_at(at(h).seq), out); },
      [](const sbx_host *, uint64_t its_epoch, uint64_t its_seq, sbx_cursor *out) noexcept {
        write(cursor_text(its_epoch, its_seq), out);
      },
      [](const sbx_host *, sbx_str text, uint64_t *its_epoch, uint64_t *its_seq) noexcept -> sbx_status {
        return parse_text(view(text), *its_epoch, *its_seq) ? SBX_OK : SBX_EINVAL;
      }};
  return &t;
}

}  // namespace sbx::testing
