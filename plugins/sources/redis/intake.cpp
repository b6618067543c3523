#include "plugins/sources/redis/intake.hpp"

#include <sbx/json_scan.hpp>

#include "plugins/sources/redis/excerpt.hpp"

namespace redis {
namespace {

std::string left_out(uint64_t n) { return n ? "; " + std::to_string(n) + " more since the last such line" : ""; }

}  // namespace

std::string_view laravel_prefix(std::string_view channel) {
  for (std::string_view mark : {std::string_view("_database_"), std::string_view("-database-")}) {
    size_t at = channel.find(mark);
    if (at == std::string_view::npos || at == 0) continue;
    // The skeleton makes it from the application's name by slug(): letters, digits and one separator.
    std::string_view slug = channel.substr(0, at);
    if (slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos)
      return channel.substr(0, at + mark.size());
  }
  return {};
}

Intake::Intake(sbx::Host host, const Options &options)
    : host_(host),
      options_(options),
      messages_(host, 'c', "signalbox_redis_messages_total", "Messages that became events."),
      bytes_(host, 'c', "signalbox_redis_bytes_total", "Bytes of the payloads that came in."),
      repeated_(host, 'c', "signalbox_redis_repeated_total",
                "Copies left out because another subscription brought the same message.") {}

const char *Intake::decode(const Session::Message &m, sbx::Draft &draft) {
  draft.channel = m.channel;
  if (!draft.channel.starts_with(options_.prefix)) return "prefix";
  draft.channel.remove_prefix(options_.prefix.size());
  if (draft.channel.empty() || !sbx::json::valid_utf8(draft.channel)) return "channel";
  if (m.too_big) return "too_big";
  if (options_.codec == Codec::kRaw) {
    RawPayload raw = decode_raw(m.payload, owned_);
    draft.name = "message";
    draft.data = raw.data;
    draft.binary = raw.binary;
    return nullptr;
  }
  if (const char *reason = decode_laravel(m.payload, options_.keep_socket, envelope_)) return reason;
  draft.name = envelope_.event;
  draft.data = envelope_.data;
  draft.except = envelope_.except;
  return nullptr;
}

void Intake::accept(int64_t now_ns, const Session::Message &m) {
  bytes_.add(static_cast<double>(m.size));
  if (options_.prefix.empty()) hint(m.channel);
  sbx::Draft draft{};
  if (const char *reason = decode(m, draft)) return malformed(now_ns, reason, m);
  const sbx_attr source{sbx::raw("source"), sbx::raw(host_.instance())};
  draft.attrs = &source;
  draft.attr_count = 1;
  sbx_status status = host_.emit(draft);
  if (status == SBX_OK) return messages_.add();
  if (status == SBX_EINVAL) return malformed(now_ns, "refused", m);
  dropped(now_ns, status);
}

void Intake::malformed(int64_t now_ns, const char *reason, const Session::Message &m) {
  sbx::Metric(host_, 'c', "signalbox_redis_malformed_total", "Messages that could not become events.", "reason", reason)
      .add();
  auto more = malformed_sampler_.take(now_ns);
  if (!more) return;
  std::string line = "malformed message (" + std::string(reason) + ") on channel '" + excerpt(m.channel) + "': ";
  line += m.too_big ? std::to_string(m.size) + " bytes, payload_max is " + std::to_string(options_.session.payload_max)
                    : "'" + excerpt(m.payload) + "'";
  host_.log(SBX_WARN, line + left_out(*more));
}

void Intake::dropped(int64_t now_ns, sbx_status why) {
  const char *reason = why == SBX_FULL ? "full" : "refused";
  sbx::Metric(host_, 'c', "signalbox_redis_dropped_total", "Events that the pipelines did not take.", "reason", reason)
      .add();
  // Reading goes on: Redis cuts off a subscriber that does not keep up, and then more than this would be lost.
  if (auto more = dropped_sampler_.take(now_ns))
    host_.log(SBX_WARN, "an event was dropped: " +
                            std::string(why == SBX_FULL ? "the pipeline's queue is full" : "the pipelines refused it") +
                            left_out(*more));
}

void Intake::hint(std::string_view channel) {
  std::string_view prefix = laravel_prefix(channel);
  if (prefix.empty() || hinted_.size() == kHintsMax || hinted_.contains(prefix)) return;
  hinted_.emplace(prefix);
  std::string name = excerpt(prefix);
  host_.log(SBX_INFO, "channels begin with '" + name +
                          "', as Laravel's REDIS_PREFIX makes them, but browsers ask for '" +
                          excerpt(channel.substr(prefix.size())) + "'; set prefix: " + name + " to take it off");
}

}  // namespace redis
