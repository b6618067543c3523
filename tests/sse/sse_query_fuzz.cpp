// What strangers send: queries and Accept headers.  Whatever is taken from them keeps its promises.
#include <cstdint>
#include <cstdlib>
#include <sbx/json_text.hpp>
#include <set>
#include <string>
#include <string_view>

#include "plugins/sinks/sse/accept.hpp"
#include "plugins/sinks/sse/query.hpp"
#include "plugins/sinks/sse/text.hpp"

namespace {

void expect(bool fine) {
  if (!fine) std::abort();
}

std::string encoded(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    out += {'%', kHex[u >> 4], kHex[u & 15]};
  }
  return out;
}

void query(std::string_view text) {
  constexpr size_t kChannels = 5;
  const sse::ParsedQuery parsed = sse::parse_query(text, kChannels);
  const sse::Query &q = parsed.query;
  if (!parsed.problem.empty()) return expect(!sse::has_control(parsed.problem));
  expect(!q.channels.empty() && q.channels.size() <= kChannels);
  expect(std::set(q.channels.begin(), q.channels.end()).size() == q.channels.size());
  expect(q.wait_s >= 0);
  std::string again = "since=" + encoded(q.since) + "&wait=" + std::to_string(q.wait_s);
  for (const std::string &channel : q.channels) {
    expect(!channel.empty() && channel.size() <= sse::kChannelBytesMax);
    expect(sbx::json::valid_utf8(channel) && !sse::has_control(channel));
    again += "&channel=" + encoded(channel);
  }
  const sse::Query second = sse::parse_query(again, kChannels).query;
  expect(second.channels == q.channels && second.since == q.since && second.wait_s == q.wait_s);
}

void accept(const std::string &text) {
  // Nothing that follows takes back what was asked for by name, and the case of letters means nothing.
  expect(sse::choose_form("text/event-stream," + text) == sse::Form::kStream);
  expect(sse::choose_form("application/json," + text) != sse::Form::kNeither);
  std::string upper = text;
  for (char &c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  expect(sse::choose_form(upper) == sse::choose_form(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  const std::string text(reinterpret_cast<const char *>(bytes), size);
  query(text);
  accept(text);
  return 0;
}
