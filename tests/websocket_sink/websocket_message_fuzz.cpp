// What clients send, and what is made of an event, on any bytes.  The first byte says which; what goes out to a client
// must be JSON as a second parser understands it.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sbx/testing/lent.hpp>
#include <string_view>

#include "plugins/sinks/websocket/client_message.hpp"
#include "plugins/sinks/websocket/query.hpp"
#include "plugins/sinks/websocket/server_message.hpp"

namespace {

using Json = nlohmann::json;

void client(std::string_view text) {
  const websocket::ClientMessage m = websocket::read_client_message(text);
  // The other parser refuses numbers that are too big for it, which are no fault of ours.
  if (!m.ref.empty() && !Json::accept(m.ref)) return;
  if (m.type == websocket::ClientMessage::Type::kBad) {
    const std::string told = websocket::error_message(m.error, m.why, {}, m.ref);
    if (!Json::accept(told)) std::abort();
    return;
  }
  // Whatever we understand the other parser understands likewise.
  const Json j = Json::parse(text, nullptr, false);
  if (j.is_discarded()) return;
  if (m.type == websocket::ClientMessage::Type::kPing) {
    if (j.at("type") != "ping" || !Json::accept(websocket::pong_message(m.ref))) std::abort();
    return;
  }
  if (j.at("channel") != m.channel) std::abort();
  if (m.type == websocket::ClientMessage::Type::kEvent) {
    if (j.at("event") != m.event || m.event.empty() || j.at("type") != "event") std::abort();
    if (Json::parse(m.data) != (j.contains("data") ? j.at("data") : Json())) std::abort();
  }
  const Json answer = Json::parse(websocket::subscribed_message(m.channel, "C", true, {}, m.ref));
  if (answer.at("channel") != m.channel) std::abort();
  if (!m.ref.empty() && answer.at("ref") != j.at("ref")) std::abort();
}

void query(std::string_view text) {
  const websocket::QueryWants q = websocket::read_query(text, 3);
  if (q.channels.size() > 3) std::abort();
  for (const std::string &channel : q.channels)
    if (channel.empty() || !Json::accept(websocket::gap_message(channel))) std::abort();
}

// channel, name, id and data, cut by line ends.
void event(std::string_view text, bool binary) {
  sbx::testing::Event e;
  for (std::string *part : {&e.channel, &e.name, &e.id}) {
    const std::string_view line = text.substr(0, text.find('\n'));
    *part = line;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  e.data = text;
  e.binary = binary;
  e.cursor = "C";
  const auto told = websocket::event_message(sbx::testing::LentEvent(e).head);
  if (!told) return;
  const Json j = Json::parse(*told, nullptr, false);
  if (j.is_discarded()) {
    if (Json::accept(e.data)) std::abort();
    return;
  }
  if (j.at("channel") != e.channel || j.at("event") != e.name || j.at("type") != "event") std::abort();
  if (j.size() != (binary ? 7u : 6u)) std::abort();
}

// channel and data, cut by a line end.
void presence(std::string_view text) {
  for (const char *name : {"joining", "leaving", "here", "dancing"}) {
    sbx::testing::Event e{.channel = std::string(text.substr(0, text.find('\n'))), .name = name, .cursor = "C"};
    e.data = text.substr(std::min(text.size(), e.channel.size() + 1));
    const auto told = websocket::presence_message(sbx::testing::LentEvent(e).head);
    const Json j = told ? Json::parse(*told, nullptr, false) : Json();
    if (!told || (j.is_discarded() && !Json::accept(e.data))) continue;
    if (j.is_discarded() || j.size() != 3 || j.at("channel") != e.channel || j.contains("cursor")) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string_view text(reinterpret_cast<const char *>(data), size);
  if (text.empty()) return 0;
  const char what = text[0];
  text.remove_prefix(1);
  if (what == 'q')
    query(text);
  else if (what == 'p')
    presence(text);
  else if (what == 'e' || what == 'b')
    event(text, what == 'b');
  else
    client(text);
  return 0;
}
