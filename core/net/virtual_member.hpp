// A virtual member: frames of a client that has no open connection just now (a long-polling session) wait here, under
// the same limits as a connection's outbox, until the plugin takes them.  [lane] everything.
#pragma once
#include <sbx/sbx.h>

#include <functional>
#include <utility>

#include "core/net/fanout.hpp"

namespace signalbox::net {

class VirtualMember final : public Member {
 public:
  VirtualMember(Fanout &fanout, GroupSpace &space, OutboxLimits limits, const sbx_member_events &events, void *user);

  size_t take(size_t bytes_max, void (*fn)(void *, const sbx_frame *) SBX_NX, void *user);
  // Its id is stale and nothing waits any more.  A take() that is under way ends, so the owner must not delete it
  // before the turn is over.
  void end();
  // Called when it overflowed, before the plugin is told: the owner ends it.
  void set_owner(std::function<void(uint64_t)> forget) { forget_ = std::move(forget); }

 private:
  void flush(FlushBatch &) override;
  void overflowed() override;

  const sbx_member_events events_;
  void *const user_;
  std::function<void(uint64_t)> forget_;
  bool told_ = false;
};

}  // namespace signalbox::net
