// Any body: what is read of it is what nlohmann reads, and the host would take every event of it.
#include "plugins/sources/echo_api/event_body.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sbx/json_scan.hpp>

#include "plugins/sources/echo_api/reader.hpp"
#include "plugins/sources/echo_api/route.hpp"

namespace {

void want(bool holds) {
  if (!holds) std::abort();
}
bool plain(std::string_view text) {
  return sbx::json::valid_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

void check_event(std::string_view body) {
  echo_api::EventBody event;
  if (const auto problem = echo_api::read_event_body(body, event)) {
    want(event == echo_api::EventBody{} && !problem->empty() && sbx::json::valid_utf8(*problem));
    return;
  }
  want(!event.channels.empty() && event.channels.size() <= echo_api::kChannelsMax);
  for (const auto &channel : event.channels) want(!channel.empty() && channel.size() <= 1024 && plain(channel));
  want(!event.name.empty() && event.name.size() <= 1024 && plain(event.name));
  want(event.socket_id.size() <= 512 && plain(event.socket_id));
  want(sbx::json::valid(event.data));
  try {
    const auto all = nlohmann::json::parse(body);
    want(all["name"] == event.name);
    const auto &data = all["data"];
    if (!data.is_string()) want(data == nlohmann::json::parse(event.data));
  } catch (const nlohmann::json::out_of_range &) {
    return;  // a number that no double holds is JSON all the same
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  check_event(text);
  want(sbx::json::valid(echo_api::users_text(text)));
  const echo_api::Route route = echo_api::read_route(text);
  want(sbx::json::valid_utf8(route.app_id) && sbx::json::valid_utf8(route.channel));
  return 0;
}
