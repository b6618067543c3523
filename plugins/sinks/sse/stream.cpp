#include "plugins/sinks/sse/stream.hpp"

#include "plugins/sinks/sse/frame.hpp"

namespace sse {

sbx_status Stream::subscribe(const Query &query) {
  channels_ = query.channels.size();
  behind_ = std::make_unique<Behind>(Behind{Subscription(query.channels.size()), {}});
  return Subscription::ask(services_, id_, kind(), query);
}

void Stream::on_subscribed(const sbx_subscribed &s) {
  if (!behind_) return;
  if (s.status != SBX_OK) {
    --channels_;
    services_.post_control(id_, refused_frame(refusal_of(s)));
  }
  // A client that waits in silence must be able to resume too, so the cursor comes before the first event.
  if (behind_->subscription.answered(services_, s)) show_place(behind_->subscription.place());
  if (s.status == SBX_OK && SBX_HAS(&s, members) && s.members.len > 0)
    services_.post_control(id_, members_frame(sbx::view(s.channel), sbx::view(s.members)));
}

void Stream::on_ended(const RefusedChannel &refused) {
  if (channels_ > 0) --channels_;
  services_.post_control(id_, refused_frame(refused));
}

void Stream::on_replay(const sbx_event &event) {
  const std::string_view channel = sbx::view(event.channel);
  if (event.flags & SBX_EVENT_GAP) return services_.post_control(id_, gap_frame(channel));
  const bool presence = (event.flags & SBX_EVENT_PRESENCE) != 0;
  const sbx_status posted = shared_.post(id_, event, {envelope_ ? uint64_t{1} : 0u}, [&](auto &&use) {
    if (!fits(event)) return;
    const std::string piece = presence ? presence_frame(event) : envelope_ ? envelope_frame(event) : plain_frame(event);
    const std::string gap = gap_frame(channel);
    const sbx_str part = sbx::raw(piece);
    const sbx_frame frame = one_piece(part, gap);
    use(&frame);
  });
  if (posted != SBX_DROP && !presence && behind_) behind_->shown = sbx::view(event.cursor);
}

void Stream::on_live(std::string_view cursor) {
  show_place(cursor);
  behind_.reset();
}

void Stream::show_place(std::string_view cursor) {
  if (!behind_ || cursor.empty() || cursor == behind_->shown) return;
  behind_->shown = cursor;
  services_.post_control(id_, place_frame(cursor));
}

void Stream::end(StreamEnd why, int64_t retry_ms) {
  if (ending_) return;
  ending_ = true;
  why_ = why;
  services_.post_control(id_, retry_frame(retry_ms));
  services_.http->write(services_.host.get(), id_, {}, 0);
}

StreamEnd Stream::ended(sbx_status status) const {
  if (ending_) return why_;
  if (status == SBX_ESLOW) return StreamEnd::kSlow;
  return status == SBX_ETIMEOUT ? StreamEnd::kDead : StreamEnd::kClient;
}

}  // namespace sse
