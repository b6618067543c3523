#include "plugins/sources/echo_api/reader.hpp"

#include <sbx/json_scan.hpp>
#include <utility>

namespace echo_api {
namespace {

namespace json = sbx::json;

bool is_presence(std::string_view channel) { return channel.starts_with("presence-"); }

std::string number(uint64_t n) { return std::to_string(n); }

// Channels are not numbered: a name says it all.  One more key tells that the list was cut, which no old client reads.
std::string channels_text(const sbx_census_answer &answer) {
  std::string text = R"({"channels":{)";
  for (size_t i = 0; i < answer.channel_count; ++i) {
    if (i > 0) text += ',';
    json::append_quoted(text, sbx::view(answer.channels[i].channel));
    text += R"(:{"subscription_count":)" + number(answer.channels[i].subscriptions) + R"(,"occupied":true})";
  }
  text += answer.complete ? "}}" : R"(},"incomplete":true})";
  return text;
}

std::string channel_text(const sbx_census_answer &answer) {
  if (answer.channel_count == 0) return R"({"subscription_count":0,"occupied":false})";
  const sbx_census_channel &channel = answer.channels[0];
  std::string text = R"({"subscription_count":)" + number(channel.subscriptions);
  text += channel.subscriptions > 0 ? R"(,"occupied":true)" : R"(,"occupied":false)";
  if (is_presence(sbx::view(channel.channel))) text += R"(,"user_count":)" + number(channel.users);
  return text + '}';
}

void append_user(std::string &text, json::Reader &reader) {
  std::string_view id = "null";
  std::string_view info = "null";
  reader.enter();
  for (std::string_view key; reader.member(key);) {
    const std::string_view value = reader.skip();
    if (json::equals(key, "user_id")) id = value;
    if (json::equals(key, "user_info")) info = value;
  }
  text += text.back() == '[' ? R"({"id":)" : R"(,{"id":)";
  text.append(id).append(R"(,"user_info":)").append(info) += '}';
}

}  // namespace

std::string users_text(std::string_view members) {
  constexpr const char *kNobody = R"({"users":[]})";
  std::string text = R"({"users":[)";
  json::Reader reader(members);
  if (reader.kind() != json::Kind::kArray) return kNobody;
  reader.enter();
  while (reader.element()) {
    if (reader.kind() == json::Kind::kObject)
      append_user(text, reader);
    else
      reader.skip();
  }
  return reader.finish() ? text + "]}" : kNobody;
}

Reader::Reader(sbx::Host host, const sbx_loop &loop, Front &front)
    : host_(host), loop_(loop), census_(host.service<sbx_census>()), front_(front) {}

std::optional<Reply> Reader::take(sbx_id request, const Route &route, std::string_view prefix) {
  if (route.kind == Route::Kind::kUsers && !is_presence(route.channel))
    return refusal(400, "malformed", "User list is only possible for Presence Channels");
  if (!census_) return refusal(503, "unavailable", "this signalbox does not count who listens");
  sbx_census_query query{};
  query.size = sizeof query;
  query.channel = sbx::raw(route.channel);
  query.prefix = sbx::raw(prefix);
  if (route.kind == Route::Kind::kStatus) query.channels_max = 1;
  const uint64_t place = ++last_number_;
  auto &ask = lent_[place] = std::make_unique<Ask>(Ask{*this, request, place});
  const sbx_status asked = census_->count(host_.get(), &query, on_census, ask.get());
  if (asked == SBX_OK) {
    asks_[request] = {route.kind, place};
    return std::nullopt;
  }
  lent_.erase(place);
  return refusal(503, "busy", "too many ask who listens; ask again later");
}

void Reader::on_census(void *ask, const sbx_census_answer *answered) noexcept {
  Reader &reader = static_cast<Ask *>(ask)->reader;
  sbx::guarded(reader.host_, [&] {
    const auto held = reader.lent_.extract(static_cast<Ask *>(ask)->number);
    const Ask &mine = *held.mapped();
    const auto found = reader.asks_.find(mine.request);
    if (found == reader.asks_.end() || found->second.number != mine.number) return;
    const Route::Kind kind = found->second.kind;
    reader.asks_.erase(found);
    reader.front_.answer(mine.request, answer("read", reader.text_of(kind, *answered)));
  });
}

std::string Reader::text_of(Route::Kind kind, const sbx_census_answer &answer) const {
  if (kind == Route::Kind::kChannels) return channels_text(answer);
  if (kind == Route::Kind::kChannel) return channel_text(answer);
  if (kind == Route::Kind::kUsers)
    return users_text(answer.channel_count > 0 ? sbx::view(answer.channels[0].members) : std::string_view());
  const auto up_s = static_cast<uint64_t>((loop_.mono_ns(host_.get()) - begun_ns_) / sbx::kSecondNs);
  return R"({"subscription_count":)" + number(answer.connections) + R"(,"uptime":)" + number(up_s) + '}';
}

}  // namespace echo_api
