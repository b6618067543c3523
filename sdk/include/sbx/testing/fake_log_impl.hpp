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

inline std::string FakeLog::place(Event e) {
  e.epoch = epoch;
  e.seq = ++seq;
  e.wall_ns = host_.now_ns + host_.wall_offset_ns;
  e.cursor = cursor_at(seq);
  if (!e.transient) {
    Channel &c = channels_[e.channel];
    c.kept.push_back(e);
    for (const size_t n = rule_of(e.channel).events; c.kept.size() > n; c.kept.pop_front()) c.trimmed = c.kept[0].seq;
  }
  show(e);
  return e.cursor;
}

inline void FakeLog::show(const Event &e, const std::set<sbx_id> &own) {
  std::erase_if(readers_, [&](const auto &r) { return !alive(*r); });
  for (const auto &reader : readers_)
    if (reader->gated && hears(*reader, e) && !own.contains(reader->conn)) reader->waiting.push_back(e);
  current_ = &e;
  own_ = own;
  host_.give(e);
  current_ = nullptr;
  own_.clear();
}

inline void FakeLog::go_on() {
  for (const auto &reader : std::vector(readers_)) host_.later([this, reader] { step(reader); });
  host_.turn();
}

inline sbx_status FakeLog::subscribe(sbx_id conn, const sbx_subscribe &s) {
  if (s.size < sizeof(sbx_subscribe)) fault("R5: a subscribe without its size");
  if (!open_) return SBX_ESTATE;
  if (const sbx_status state = fanout_.takes_frames(conn); state != SBX_OK) return state;
  const std::string_view kind = view(s.kind);
  if (s.channel_count == 0 || kind.size() > kKindMax || kind.find('\0') != kind.npos) return SBX_EINVAL;
  auto at = reader(conn);
  if ((at ? at->kind : live_kind(conn).value_or(std::string(kind))) != kind) return SBX_EINVAL;
  for (size_t i = 0; i < s.channel_count; ++i)
    if (s.channels[i].auth.len > SBX_AUTH_MAX) return SBX_EINVAL;
  size_t waiting = s.channel_count;
  if (at)
    for (const Request &r : at->requests) waiting += r.wants.size();
  if (waiting > channels_max) return SBX_ETOOBIG;
  if (!at) {
    at = readers_.emplace_back(std::make_shared<Reader>());
    at->conn = conn;
    at->kind = kind;
  }
  Request &request = at->requests.emplace_back(Request{s.ref, {}});
  for (size_t i = 0; i < s.channel_count; ++i) offered.push_back(std::string(view(s.channels[i].auth)));
  for (size_t i = 0; i < s.channel_count; ++i)
    request.wants.push_back({std::string(view(s.channels[i].channel)), std::string(view(s.channels[i].since))});
  host_.later([this, at] { step(at); });
  return SBX_OK;
}

inline FakeLog::Start FakeLog::start_of(const std::string &channel, std::string_view since) const {
  const auto found = channels_.find(channel);
  const Channel none, &c = found == channels_.end() ? none : found->second;
  // Where the first event after this is what comes next; the head, if there is none.
  const auto next = [&](uint64_t after) {
    for (const Event &e : c.kept)
      if (e.seq > after) return std::max(after, e.seq - 1);
    return seq;
  };
  if (since.empty()) {
    const Replay replay = rule_of(channel).replay;
    if (replay == Replay::kNone || c.kept.empty()) return {seq, false, false};
    return {replay == Replay::kLast ? c.kept.back().seq - 1 : next(0), false, false};
  }
  uint64_t its_epoch = 0, its_seq = 0;
  const bool known = parse_text(since, its_epoch, its_seq) && its_epoch == epoch && its_seq <= seq;
  if (!known || its_seq < c.trimmed) return {next(c.trimmed), true, false};
  const uint64_t first = next(its_seq);
  return {first == seq ? seq : its_seq, false, true};
}

// Takes in the channels of the first request and says so.
inline void FakeLog::begin(Reader &reader) {
  reader.begun = true;
  const Request &request = reader.requests.front();
  std::vector<std::pair<sbx_status, bool>> answers;  // and whether it is recovered
  std::map<std::string, Start> starts;
  std::deque<Event> gaps, replay;
  uint64_t place = seq;
  for (const auto &[channel, since, cancelled] : request.wants) {
    Joining joining{channel, admitted(channel)};
    const bool valid = is_channel(channel);
    answers.emplace_back(!valid ? SBX_EINVAL : joining.scopes.empty() ? SBX_EREFUSED : SBX_OK, false);
    if (cancelled || answers.back().first != SBX_OK || is_in(reader, channel)) continue;
    if (find(reader, channel)) {
      answers.back().second = !since.empty() && !starts.at(channel).gap;
      continue;
    }
    const Start start = start_of(channel, since);
    starts.emplace(channel, start);
    answers.back().second = start.recovered;
    place = std::min(place, start.after);
    if (start.gap) {
      gaps.push_back({.channel = channel});
      gaps.back().gap = true;
      gaps.back().scope = joining.scopes[0];
    }
    for (const Event &e : channels_[channel].kept)
      if (e.seq > start.after && std::count(joining.scopes.begin(), joining.scopes.end(), e.scope)) replay.push_back(e);
    reader.channels.push_back(std::move(joining));
  }
  std::stable_sort(replay.begin(), replay.end(), [](const Event &a, const Event &b) { return a.seq < b.seq; });
  reader.waiting = std::move(gaps);
  reader.waiting.insert(reader.waiting.end(), replay.begin(), replay.end());
  for (size_t i = 0; i < answers.size(); ++i)
    if (!request.wants[i].cancelled) answer(reader, request.wants[i], answers[i].first, place, answers[i].second);
}

inline void FakeLog::answer(const Reader &reader, const Want &want, sbx_status status, uint64_t place, bool recovered) {
  if (!alive(reader) || !on_.on_subscribed) return;
  const auto everybody = here.find(want.channel);
  const bool presence = status == SBX_OK && everybody != here.end();
  const Lent name(want.channel), cursor(cursor_at(place)), list(presence ? everybody->second : "");
  const sbx_subscribed s{sizeof(sbx_subscribed),
                         status,
                         reader.requests.front().ref,
                         name.str(),
                         cursor.str(),
                         recovered ? 1 : 0,
                         status == SBX_EREFUSED ? code_of(want.channel) : 0,
                         list.str()};
  host_.call([&] { on_.on_subscribed(user_, reader.conn, &s); });
}

inline void FakeLog::close_gate(Reader &reader) {
  reader.gated = true;
  for (const std::string &name : live_groups(reader.conn)) {
    const std::string channel(channel_of(name));
    Joining *joining = find(reader, channel);
    if (!joining) joining = &reader.channels.emplace_back(Joining{channel, {}});
    const size_t scope = sizeof kMark + kind_of(name).size();
    joining->scopes.push_back(static_cast<uint32_t>(std::stoul(name.substr(scope))));
    fanout_.leave(reader.conn, name);
  }
}

inline void FakeLog::hand_next(Reader &reader) {
  const Event e = std::move(reader.waiting.front());
  reader.waiting.pop_front();
  if (!alive(reader) || !hears(reader, e) || !on_.on_replay) return;
  host_.lend(e, [&](const sbx_event *head) { host_.call([&] { on_.on_replay(user_, reader.conn, head); }); });
}

inline void FakeLog::go_live(Reader &reader) {
  for (const Joining &joining : reader.channels)
    for (const uint32_t scope : joining.scopes) fanout_.join(reader.conn, group(reader.kind, scope, joining.channel));
  reader.channels.clear();
  reader.begun = reader.gated = false;
  const uint64_t ref = reader.requests.front().ref;
  reader.requests.pop_front();
  if (!on_.on_live) return;
  const Lent cursor(cursor_at(seq));
  host_.call([&] { on_.on_live(user_, reader.conn, ref, cursor.str()); });
}

// As far as it gets.  What the plugin asks for in a callback is a matter of the same step.
inline void FakeLog::step(const std::shared_ptr<Reader> &reader) {
  while (alive(*reader) && !reader->requests.empty()) {
    if (!reader->begun && think_) return;
    if (!reader->begun) begin(*reader);
    if (!alive(*reader)) break;
    if (hold_) {
      if (!reader->gated) close_gate(*reader);
      return;
    }
    while (!reader->waiting.empty()) hand_next(*reader);
    if (alive(*reader)) go_live(*reader);
  }
  std::erase(readers_, reader);
}

inline sbx_status FakeLog::unsubscribe(sbx_id conn, std::string_view channel) {
  if (!open_) return SBX_ESTATE;
  if (const sbx_status state = fanout_.takes_frames(conn); state != SBX_OK) return state;
  bool found = false;
  if (const auto at = reader(conn)) {
    found = std::erase_if(at->channels, [&](const Joining &j) { return j.channel == channel; }) > 0;
    for (size_t i = 0; i < at->requests.size(); ++i)
      for (Want &want : at->requests[i].wants)
        if (want.channel == channel && !std::exchange(want.cancelled, true) && (i > 0 || !at->begun)) found = true;
  }
  for (const std::string &name : live_groups(conn)) {
    if (channel_of(name) != channel) continue;
    fanout_.leave(conn, name);
    found = true;
  }
  return found ? SBX_OK : SBX_ENOENT;
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
        return at(h).reach(group(view(kind), e->scope, view(e->channel)), FakeFanout::copy_of(*f), except);
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
