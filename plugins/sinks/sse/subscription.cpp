#include "plugins/sinks/sse/subscription.hpp"

namespace sse {

sbx_status Subscription::ask(const Services &services, sbx_id conn, std::string_view kind, const Query &query) {
  std::vector<sbx_want> wants;
  for (size_t i = 0; i < query.channels.size(); ++i)
    wants.push_back({sbx::raw(query.channels[i]), sbx::raw(query.since_of(i)), sbx::raw(query.auth)});
  sbx_subscribe s{};
  s.size = sizeof s;
  s.kind = sbx::raw(kind);
  s.channels = wants.data();
  s.channel_count = wants.size();
  return services.log->subscribe(services.host.get(), conn, &s);
}

bool Subscription::answered(const Services &services, const sbx_subscribed &s) {
  if (waiting_ > 0) --waiting_;
  if (s.status != SBX_OK) return waiting_ == 0;
  ++admitted_;
  uint64_t epoch = 0, seq = 0;
  const bool known = services.log->parse(services.host.get(), s.cursor, &epoch, &seq) == SBX_OK;
  if (known && (place_.empty() || seq < seq_)) {
    place_ = sbx::view(s.cursor);
    seq_ = seq;
  }
  return waiting_ == 0;
}

}  // namespace sse
