// Fan-out on one lane: members with an outbox each, groups of them, and the flush at the end of the turn.  A publish
// appends one reference to each member's outbox; at the end of the turn each member with something new is flushed once.
// [lane] everything.
#pragma once
#include <sbx/sbx.h>

#include <functional>
#include <memory>
#include <sbx/name_index.hpp>
#include <sbx/small_list.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/id_table.hpp"
#include "core/base/metrics.hpp"
#include "core/net/flush_batch.hpp"
#include "core/net/group.hpp"
#include "core/net/outbox.hpp"
#include "core/net/shared_frames.hpp"
#include "core/net/wire.hpp"
#include "core/net/ws_deflate.hpp"

namespace signalbox::net {

class Connection;
class Fanout;
class GroupSpace;

// Something that frames can be queued for: a WebSocket, a streaming response, a virtual member.
class Member {
 public:
  Member(const Member &) = delete;
  Member &operator=(const Member &) = delete;

  uint64_t id() const { return id_; }
  const Outbox &outbox() const { return out_; }
  GroupSpace *space() const { return space_; }
  virtual Connection *connection() { return nullptr; }  // which of the two it is
  bool takes_frames() const { return takes_frames_; }
  bool doomed() const { return doomed_; }  // its outbox was full: it is about to be closed
  const OutboxLimits &outbox_limits() const { return out_limits_; }
  size_t group_count() const { return places_.size(); }
  std::string_view group_name(size_t i) const;  // valid while it is in the group
  // Its space's watch is told of its flushes and of its end.
  void set_watched(bool on) { watched_ = on; }
  // ... of its end only.
  void set_known(bool on) { known_ = on; }
  bool known() const { return known_; }

 protected:
  Member() = default;
  virtual ~Member();

  virtual void flush(FlushBatch &batch) = 0;  // at the end of a turn, when something was queued
  virtual void overflowed() = 0;              // [deferred] its outbox was full: close it
  void leave_all();

  Outbox out_;
  OutboxLimits out_limits_{};
  GroupSpace *space_ = nullptr;  // whose groups it may join
  Fanout *fanout_ = nullptr;
  uint64_t id_ = 0;
  Wire wire_ = Wire::bare;
  bool takes_frames_ = false;  // false: not (yet, any more) something to publish to
  bool doomed_ = false;        // overflowed() is on its way
  bool drain_owed_ = false;    // a frame was answered `full`
  bool watched_ = false, known_ = false;

 private:
  friend class Fanout;
  friend class GroupSpace;
  struct Place {
    Group *group;
    uint32_t index;
  };
  sbx::SmallList<Place> places_;
  uint32_t dirty_index_ = UINT32_MAX;
};

// What happened to an instance's frames; whoever makes the space hands in handles.
struct FanoutCounters {
  Counter deliveries, dropped, overflows;
};

// Who has business with single members of a space; told of those that are watched or known.  It must change nothing at
// once.
class MemberWatch {
 public:
  // The member is gone, or its exchange is over; neither watched nor known any more.
  virtual void on_left(uint64_t id, bool was_known) = 0;
  virtual void on_flushed(uint64_t id) = 0;  // some of its outbox may have been taken

 protected:
  ~MemberWatch() = default;
};

// The groups of one plugin instance.
class GroupSpace {
 public:
  GroupSpace(Fanout &fanout, FanoutCounters handles);
  ~GroupSpace();
  GroupSpace(const GroupSpace &) = delete;
  GroupSpace &operator=(const GroupSpace &) = delete;

  void join(Member &member, std::string_view name);
  bool leave(Member &member, std::string_view name);
  bool has(const Member &member, std::string_view name) const;
  void leave_all(Member &member);
  void move_all(Member &from, Member &to);
  // How many members it was queued for; `except` is a member's id or 0.
  size_t publish(std::string_view name, const sbx_frame &frame, uint64_t except);
  // The same without any of these; they are few.
  size_t publish(std::string_view name, const sbx_frame &frame, std::span<const uint64_t> except);
  // A frame for post_shared, good until the end of the turn; 0: there is no room for it.
  uint64_t share(const sbx_frame &frame);
  Encodings *find_shared(uint64_t id);  // nullptr: it is stale, or another space's

  // In no order; `visit` must change no group.
  void for_each_group(const std::function<void(std::string_view name, std::span<Member *const> members)> &visit) const;

  FanoutCounters counters;
  MemberWatch *watch = nullptr;

 private:
  void leave_place(Member &member, size_t at);

  Fanout &fanout_;
  sbx::NameIndex<Group> groups_;  // theirs are owned here
};

class Fanout {
 public:
  using Defer = std::function<void(std::function<void()>)>;
  explicit Fanout(Defer defer) : defer_(std::move(defer)) {}
  ~Fanout();

  uint64_t add(Member &member);
  void remove(Member &member);
  void rename(Member &member);  // a new id; the old one is stale
  Member *find(uint64_t id) const { return ids_.find(id); }

  enum class Queued { ok, full, gone };
  // Queues a frame that was encoded for the member's wire.  full: taken, but the outbox is more than half full.
  Queued push(Member &member, Frame *frame);
  Queued post(Member &member, const sbx_frame &frame);
  Queued post(Member &member, Encodings &encoded);
  // Everything that waits for `from`, in order, to `to`.  False: `to` takes no frames, or not in this form.
  bool move_frames(Member &from, Member &to);

  void mark_dirty(Member &member);
  void unmark(Member &member);
  void flush();  // the turn hook
  static void tell_flushed(const Member &member);
  WsDeflater &deflater() { return deflater_; }

 private:
  friend class GroupSpace;
  void doom(Member &member);

  Defer defer_;
  IdTable<Member> ids_;
  std::vector<Member *> dirty_;
  FlushBatch batch_;
  WsDeflater deflater_;
  SharedFrames shared_{deflater_};
};

}  // namespace signalbox::net
