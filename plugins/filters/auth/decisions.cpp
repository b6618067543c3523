#include "plugins/filters/auth/decisions.hpp"

namespace auth {
namespace {

constexpr size_t kChannelShown = 100;

// Not cut within a character.
std::string_view shown(std::string_view channel) {
  if (channel.size() <= kChannelShown) return channel;
  size_t end = kChannelShown;
  while (end > 0 && (static_cast<unsigned char>(channel[end]) & 0xC0) == 0x80) --end;
  return channel.substr(0, end);
}

}  // namespace

void Decisions::admitted(std::string_view kind) {
  auto found = admitted_.find(kind);
  if (found == admitted_.end())
    found = admitted_
                .emplace(kind, sbx::Metric(host_, 'c', "signalbox_auth_admitted_total",
                                           "Subscriptions that a rule has admitted, by its kind", "rule", kind))
                .first;
  found->second.add();
}

void Decisions::refused(std::string_view rule, std::string_view channel, const Judgement &why) {
  auto found = refused_.find(why.reason);
  if (found == refused_.end())
    found = refused_
                .emplace(why.reason, sbx::Metric(host_, 'c', "signalbox_auth_refused_total",
                                                 "Subscriptions refused, by the reason", "reason", why.reason))
                .first;
  found->second.add();
  const bool ours = why.code == 0 || why.code >= 500;  // nobody could be asked: the operator's concern
  std::string line = "refused channel ";
  line.append(shown(channel)).append(": ");
  line.append(rule.empty() ? std::string_view("no rule is for it") : rule).append(": ").append(why.reason);
  if (why.http_status != 0) line += ", the endpoint answered " + std::to_string(why.http_status);
  line += "; told " + std::to_string(why.code);
  host_.log(ours ? SBX_WARN : SBX_INFO, line);
}

}  // namespace auth
