// Any body: what is read of it is what nlohmann reads, and the host would take every event of it.
#include "plugins/sources/webhook/publish_body.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sbx/json_scan.hpp>

namespace {

constexpr size_t kEventsMax = 8;

void want(bool holds) {
  if (!holds) std::abort();
}
bool plain(std::string_view text) {
  return sbx::json::valid_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

void compare(const webhook::PublishEvent &event, const nlohmann::json &said) {
  want(said["channel"] == event.channel && said["event"] == event.event);
  want(said.value("data", nlohmann::json()) == nlohmann::json::parse(event.data));
  const nlohmann::json id = said.value("id", nlohmann::json());
  want(id.is_null() ? event.id.empty() : id == event.id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view body(reinterpret_cast<const char *>(data), size);
  std::vector<webhook::PublishEvent> events;
  if (const auto problem = webhook::read_publish_body(body, kEventsMax, events)) {
    want(events.empty() && !problem->empty() && sbx::json::valid_utf8(*problem));
    return 0;
  }
  want(!events.empty() && events.size() <= kEventsMax);
  for (const auto &e : events) {
    want(!e.channel.empty() && e.channel.size() <= 1024 && plain(e.channel));
    want(!e.event.empty() && e.event.size() <= 1024 && plain(e.event));
    want(e.id.size() <= 200 && plain(e.id));
    want(sbx::json::valid(e.data));
  }
  try {
    const auto all = nlohmann::json::parse(body);
    if (!all.is_array()) compare(events.at(0), all);
    for (size_t i = 0; all.is_array() && i < all.size(); ++i) compare(events.at(i), all[i]);
  } catch (const nlohmann::json::out_of_range &) {
    return 0;  // a number that no double holds is JSON all the same
  }
  return 0;
}
