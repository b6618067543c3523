// A virtual member: frames of a client that has no open connection just now (a long-polling session) wait here, under
// the same limits as a connection's outbox, until the plugin takes them.  [lane] everything.
#pragma once
#include <sbx/sbx.h>

#include "core/net/fanout.hpp"

namespace signalbox::net {

class VirtualMember final : public Member {
 public:
  VirtualMember(Fanout &fanout, GroupSpace &space, OutboxLimits limits, const sbx_member_events &events, void *user);

  size_t take(size_t bytes_max, void (*fn)(void *, const sbx_frame *) SBX_NX, void *user);
  bool gone() const { return gone_; }  // it overflowed: nothing can be done with it any more

 private:
  void flush(FlushBatch &) override;
  void overflowed() override;

  const sbx_member_events events_;
  void *const user_;
  bool told_ = false;
  bool gone_ = false;
};

}  // namespace signalbox::net
