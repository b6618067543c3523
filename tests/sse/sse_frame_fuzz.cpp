// Whatever an event's channel, name, data, id and cursor are: a page sees exactly that event or nothing, and a poll's
// reader exactly that entry.  The judge is the parser of event_source.hpp, which knows only the HTML standard.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sbx/json_text.hpp>
#include <sbx/web_text.hpp>
#include <string>
#include <string_view>

#include "plugins/sinks/sse/frame.hpp"
#include "plugins/sinks/sse/text.hpp"
#include "tests/sse/event_source.hpp"

namespace {

using Json = nlohmann::json;

// Cuts the input at bytes 0xFE, which no text holds; the last piece is the rest.
std::string_view take(std::string_view &input) {
  const std::string_view piece = input.substr(0, input.find('\xFE'));
  input.remove_prefix(std::min(piece.size() + 1, input.size()));
  return piece;
}

void expect(bool fine) {
  if (!fine) std::abort();
}

// Lines that a page joins again with line feeds: the same JSON, but not the same blanks.
std::string joined(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i] == '\r' ? '\n' : text[i];
  }
  return out;
}

void one_message(std::string_view stream, const EventSource::Message &wanted, std::string_view cursor) {
  // A message before and one behind: nothing of ours may run into them.
  EventSource page;
  page.feed("id: before\ndata: 0\n\n");
  for (const char c : stream) page.feed({&c, 1});
  page.feed("event: behind\ndata: 2\n\n");
  const std::string id(cursor.empty() || sse::has_control(cursor) ? "before" : cursor);
  expect(page.messages.size() == 3);
  expect(page.messages[1] == EventSource::Message{wanted.type, wanted.data, id});
  expect(page.messages[2] == EventSource::Message{"behind", "2", id});
  expect(page.reconnection_ms == -1 && page.comments == 0);
}

void notices(const sbx_event &event) {
  const std::string_view channel = sbx::view(event.channel), cursor = sbx::view(event.cursor);
  EventSource page;
  page.feed(sse::place_frame(cursor));
  expect(page.messages.empty());
  expect(page.last_event_id == (sse::has_control(cursor) ? std::string_view() : cursor));
  if (!sbx::json::valid_utf8(channel)) return;
  page.feed(sse::gap_frame(channel)).feed(sse::refused_frame({std::string(channel), "not_allowed", 403}));
  expect(page.messages.size() == 2);
  expect(page.messages[0].type == "signalbox.gap" && Json::parse(page.messages[0].data)["channel"] == channel);
  expect(page.messages[1].type == "signalbox.refused" && Json::parse(page.messages[1].data)["channel"] == channel);
}

// A change of the members is one notice of its channel, which moves no cursor.
void presence(sbx_event event) {
  for (const char *name : {"joining", "leaving", "here"}) {
    event.name = sbx::raw(name);
    EventSource page;
    page.feed("id: before\ndata: 0\n\n").feed(sse::presence_frame(event)).feed("data: 2\n\n");
    expect(page.messages.size() == 3 && page.last_event_id == "before");
    expect(page.messages[1].type.starts_with("signalbox.") && page.messages[2].type == "message");
    const Json said = Json::parse(page.messages[1].data, nullptr, false);
    if (!said.is_discarded()) expect(said.size() == 2 && said["channel"] == sbx::view(event.channel));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  std::string_view input(reinterpret_cast<const char *>(bytes), size);
  if (input.empty()) return 0;
  sbx_event event{};
  event.size = sizeof event;
  event.flags = input[0] & 1 ? uint32_t{SBX_EVENT_BINARY} : 0u;
  input.remove_prefix(1);
  for (sbx_str *part : {&event.channel, &event.name, &event.id, &event.cursor}) *part = sbx::raw(take(input));
  event.data = sbx::raw(input);
  notices(event);
  if (!sse::fits(event)) return 0;
  if (!(event.flags & SBX_EVENT_BINARY)) presence(event);

  const std::string_view name = sbx::view(event.name), cursor = sbx::view(event.cursor);
  std::string data = joined(input);
  if (event.flags & SBX_EVENT_BINARY) {
    data = "\"";
    sbx::append_base64(data, input);
    data += '"';
  }
  one_message(sse::plain_frame(event), {name.empty() ? "message" : std::string(name), data, {}}, cursor);
  const std::string envelope = sse::envelope_frame(event);
  const auto first = EventSource().feed(envelope).messages;
  expect(first.size() == 1);
  one_message(envelope, {"message", first[0].data, {}}, cursor);
  // nlohmann's numbers have an end; the text of the data is compared above.
  const Json said = Json::parse(first[0].data, nullptr, false);
  if (!said.is_discarded())
    expect(said.size() == 3 && said["channel"] == sbx::view(event.channel) && said["event"] == name);
  if (!sbx::json::valid_utf8(cursor)) return 0;
  const Json entry = Json::parse(sse::poll_entry(event), nullptr, false);
  if (!entry.is_discarded()) expect(entry.size() == 5 && entry["cursor"] == cursor && entry["event"] == name);
  return 0;
}
