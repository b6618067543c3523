// FakeFanout: sbx.fanout/1 over FakeHttp.  Frames reach the browsers at the end of the turn; a browser that stalls lets
// them pile up in its outbox, under the limit and policy that the plugin chose.  Virtual members wait for take().
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_host.hpp"
#include "fake_http.hpp"

namespace sbx::testing {

class FakeFanout {
 public:
  struct Frame {
    std::vector<FakeHttp::Message> parts;
    bool control = false;
    std::string key, gap;
    bool is_gap = false;  // it stands for frames that were dropped
    size_t bytes() const {
      size_t n = 0;
      for (const auto &part : parts) n += part.data.size();
      return n;
    }
  };
  uint32_t policy = SBX_OUTBOX_DISCONNECT;
  uint64_t bytes_max = 16u << 20;
  size_t dropped = 0;  // frames, by a policy
  size_t shares = 0;   // frames that were shared; as many as `shared_max` of a turn
  size_t shared_max = 1024;
  std::map<std::string, std::vector<sbx_id>, std::less<>> groups;
  // For other parts: whether a transfer may be (else ESTATE), and that it was.
  std::function<bool(sbx_id from, sbx_id to)> may_transfer;
  std::function<void(sbx_id from, sbx_id to)> on_transfer;

  explicit FakeFanout(FakeHost &host) : host_(host), http_(host.part<FakeHttp>()) {
    host.provide(SBX_FANOUT, table());
    http_.on_gone = [this](sbx_id id) { forget(id); };
  }

  // A browser that does not read, until it reads again.
  void stall(sbx_id id, bool on = true) {
    if (on) stalled_.insert(id);
    if (!on && stalled_.erase(id) && members_.count(id)) flush(id);
    host_.turn();
  }
  size_t members(std::string_view group) const {
    auto found = groups.find(group);
    return found == groups.end() ? 0 : found->second.size();
  }
  size_t virtual_members() const {
    return static_cast<size_t>(std::count_if(members_.begin(), members_.end(), [](auto &m) { return m.second.virt; }));
  }
  // What join() would say of it: OK, ESTALE, or ESTATE for an exchange that takes no frames yet.
  sbx_status takes_frames(sbx_id id) const {
    if (auto found = members_.find(id); found != members_.end() && found->second.virt) return SBX_OK;
    const FakeHttp::Exchange *x = http_.find(id);
    if (!x || !x->open()) return SBX_ESTALE;
    return x->state == FakeHttp::Exchange::kRequested ? SBX_ESTATE : SBX_OK;
  }
  uint64_t queued(sbx_id id) const {
    auto found = members_.find(id);
    return found == members_.end() ? 0 : found->second.bytes;
  }

 private:
  friend class FakeLog;
  struct Member {
    bool virt = false, told = false, flushing = false;
    sbx_member_events on{};
    void *user = nullptr;
    uint64_t bytes = 0, bytes_max = 0;
    uint32_t policy = 0;
    std::deque<Frame> queue;
  };
  static constexpr sbx_id kVirtual = sbx_id{1} << 40;  // ids of virtual members begin here

  static FakeFanout &at(const sbx_host *h) { return FakeHost::at(h).part<FakeFanout>(); }
  Member *find(sbx_id id) {
    auto found = members_.find(id);
    if (found != members_.end()) return &found->second;
    FakeHttp::Exchange *x = http_.find(id);
    if (!x || (x->state != FakeHttp::Exchange::kWebSocket && x->state != FakeHttp::Exchange::kStreaming))
      return nullptr;
    Member &m = members_[id];
    m.policy = policy;
    m.bytes_max = bytes_max;
    return &m;
  }
  void leave_all(sbx_id id) {
    for (auto g = groups.begin(); g != groups.end();) {
      std::erase(g->second, id);
      g = g->second.empty() ? groups.erase(g) : std::next(g);
    }
  }
  void forget(sbx_id id) {
    leave_all(id);
    members_.erase(id);
    stalled_.erase(id);
  }
  void pop(Member &m) {
    m.bytes -= m.queue.front().bytes();
    m.queue.pop_front();
  }
  // Drops the oldest frame that may be dropped; its gap, if it has one, takes its place.  False: there is none.
  bool drop_oldest(Member &m) {
    for (size_t i = 0; i < m.queue.size(); ++i) {
      Frame &frame = m.queue[i];
      if (frame.control || frame.is_gap) continue;
      ++dropped;
      m.bytes -= frame.bytes();
      const bool told = i > 0 && m.queue[i - 1].is_gap && m.queue[i - 1].parts[0].data == frame.gap;
      if (frame.gap.empty() || told) {
        m.queue.erase(m.queue.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
      }
      frame.parts = {{std::exchange(frame.gap, {}), false}};
      frame.is_gap = true;
      m.bytes += frame.bytes();
      return true;
    }
    return false;
  }
  // The frame is in; false = the member's outbox overflowed and it will be disconnected.
  bool make_room(Member &m, const Frame &frame) {
    if (frame.control) return true;
    if (m.policy == SBX_OUTBOX_LATEST && !frame.key.empty())
      for (Frame &old : m.queue)
        if (old.key == frame.key) {
          m.bytes -= old.bytes();
          old.parts.clear();
          ++dropped;
        }
    if (m.policy != SBX_OUTBOX_DISCONNECT)
      while (m.bytes + frame.bytes() > m.bytes_max && drop_oldest(m)) continue;
    return m.bytes + frame.bytes() <= m.bytes_max;
  }
  void enqueue(sbx_id id, Member &m, const Frame &frame) {
    if (!make_room(m, frame)) {
      overflow(id, m);
      return;
    }
    m.bytes += frame.bytes();
    m.queue.push_back(frame);
    wake(id, m);
  }
  void wake(sbx_id id, Member &m) {
    if (m.queue.empty()) return;
    if (m.virt && !std::exchange(m.told, true))
      host_.later([this, id] {
        Member *now = find(id);
        if (now && !now->queue.empty() && now->on.on_ready) host_.call([&] { now->on.on_ready(now->user, id); });
      });
    if (!m.virt && !std::exchange(m.flushing, true)) host_.later([this, id] { flush(id); });
  }
  void overflow(sbx_id id, const Member &m) {
    const sbx_member_events on = m.on;
    void *user = m.user;
    const bool virt = m.virt;
    forget(id);
    if (!virt)
      host_.later([this, id] { http_.drop(id, SBX_ESLOW); });
    else if (on.on_close)
      host_.later([this, on, user, id] { host_.call([&] { on.on_close(user, id, SBX_ESLOW); }); });
  }
  void flush(sbx_id id) {
    auto found = members_.find(id);
    FakeHttp::Exchange *x = http_.find(id);
    if (found == members_.end() || !x) return;
    found->second.flushing = false;
    if (stalled_.count(id)) return;
    for (; !found->second.queue.empty(); pop(found->second))
      for (const auto &part : found->second.queue.front().parts) x->received.push_back(part);
  }
  static Frame copy_of(const sbx_frame &f) {
    if (f.size < sizeof(sbx_frame)) fault("R5: a frame without its size");
    Frame out;
    for (size_t i = 0; i < f.part_count; ++i)
      out.parts.push_back({std::string(view(f.parts[i])), f.binary && f.binary[i] != 0});
    out.control = (f.flags & SBX_FRAME_CONTROL) != 0;
    out.key = view(f.coalesce_key);
    out.gap = view(f.gap);
    return out;
  }
  sbx_status join(sbx_id id, std::string_view group) {
    if (!find(id)) return SBX_ESTALE;
    auto &members = groups[std::string(group)];
    if (std::find(members.begin(), members.end(), id) == members.end()) members.push_back(id);
    return SBX_OK;
  }
  sbx_status leave(sbx_id id, std::string_view group) {
    auto found = groups.find(group);
    if (found == groups.end()) return SBX_OK;
    std::erase(found->second, id);
    if (found->second.empty()) groups.erase(found);
    return SBX_OK;
  }
  size_t publish(std::string_view group, const Frame &frame, sbx_id except) {
    auto found = groups.find(group);
    if (found == groups.end()) return 0;
    const auto ids = found->second;  // a copy: an overflow changes the group
    size_t n = 0;
    for (const sbx_id id : ids) {
      Member *m = id == except ? nullptr : find(id);
      if (!m) continue;
      enqueue(id, *m, frame);
      ++n;
    }
    return n;
  }
  size_t take(sbx_id id, size_t max, void (*fn)(void *, const sbx_frame *) noexcept, void *user) {
    auto found = members_.find(id);
    if (found == members_.end() || !found->second.virt) return 0;
    size_t taken = 0, bytes = 0;
    while (!found->second.queue.empty() && (taken == 0 || bytes < max)) {
      bytes += found->second.queue.front().bytes();
      show(found->second.queue.front(), fn, user);
      pop(found->second);
      ++taken;
    }
    if (found->second.queue.empty()) found->second.told = false;
    return taken;
  }
  static void show(const Frame &f, void (*fn)(void *, const sbx_frame *) noexcept, void *user) {
    std::deque<Lent> kept;
    std::vector<sbx_str> parts;
    std::vector<uint8_t> binary;
    for (const auto &part : f.parts) {
      parts.push_back(kept.emplace_back(part.data).str());
      binary.push_back(part.binary ? 1 : 0);
    }
    const sbx_frame lent{sizeof(sbx_frame),
                         f.control ? uint32_t{SBX_FRAME_CONTROL} : 0u,
                         parts.data(),
                         binary.data(),
                         parts.size(),
                         raw(f.key),
                         {}};
    fn(user, &lent);
  }
  sbx_status transfer(sbx_id from, sbx_id to) {
    auto found = members_.find(from);
    Member *target = find(to);
    if (found == members_.end() || !target) return SBX_ESTALE;
    if (from == to || !found->second.virt) return SBX_EUNSUPPORTED;
    if (may_transfer && !may_transfer(from, to)) return SBX_ESTATE;
    for (Frame &frame : found->second.queue) {
      target->bytes += frame.bytes();
      target->queue.push_back(std::move(frame));
    }
    found->second.queue.clear();
    found->second.bytes = 0;
    for (auto &[name, members] : groups)
      if (std::find(members.begin(), members.end(), from) != members.end() &&
          std::find(members.begin(), members.end(), to) == members.end())
        members.push_back(to);
    leave_all(from);
    if (on_transfer) on_transfer(from, to);
    if (found->second.virt) forget(from);
    wake(to, *find(to));
    return SBX_OK;
  }
  // What is shared in a turn is stale when it ends.
  sbx_id share(const Frame &frame) {
    if (shared_.size() >= shared_max) return 0;
    if (shared_.empty()) host_.at_turn_end([this] { shared_.clear(); });
    ++shares;
    shared_.emplace(++last_shared_, frame);
    return last_shared_;
  }
  sbx_status post_shared(sbx_id conn, sbx_id shared) {
    Member *m = find(conn);
    auto found = shared_.find(shared);
    if (!m || found == shared_.end()) return SBX_ESTALE;
    enqueue(conn, *m, found->second);
    return SBX_OK;
  }
  static const sbx_fanout *table();

  FakeHost &host_;
  FakeHttp &http_;
  std::map<sbx_id, Member> members_;
  std::set<sbx_id> stalled_;
  sbx_id last_virtual_ = kVirtual;
  std::map<sbx_id, Frame> shared_;
  sbx_id last_shared_ = sbx_id{1} << 41;
};

}  // namespace sbx::testing

#include "fake_fanout_impl.hpp"
