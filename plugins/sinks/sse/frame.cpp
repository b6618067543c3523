#include "plugins/sinks/sse/frame.hpp"

#include <sbx/web_text.hpp>

#include <sbx/json_scan.hpp>

#include "plugins/sinks/sse/text.hpp"

namespace sse {
namespace {

// Room for field names, quotes and a cursor.
constexpr size_t kOverhead = 160;

bool plain_text(std::string_view text) { return sbx::json::valid_utf8(text) && !has_control(text); }

bool is_json(std::string_view text) {
  sbx::json::Reader reader(text);
  reader.skip();
  return reader.finish();
}

// The data as a JSON value; bytes become a string in base64.
void append_json_data(std::string &out, const sbx_event &event) {
  if (!(event.flags & SBX_EVENT_BINARY)) {
    out += sbx::view(event.data);
    return;
  }
  out += '"';
  sbx::append_base64(out, sbx::view(event.data));
  out += '"';
}

void append_field(std::string &out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += '\n';
}

// One field for each line; all three ends of a line count, also where JSON has them as blanks.
void append_data(std::string &out, std::string_view text) {
  for (;;) {
    const size_t end = text.find_first_of("\r\n");
    append_field(out, "data", text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

void append_id(std::string &out, std::string_view cursor) {
  // An empty id would make the client forget the one it has; a control character is no cursor of ours.
  if (!cursor.empty() && !has_control(cursor)) append_field(out, "id", cursor);
}

void append_members(std::string &out, const sbx_event &event) {
  out += "\"channel\":";
  sbx::json::append_quoted(out, sbx::view(event.channel));
  out += ",\"event\":";
  sbx::json::append_quoted(out, sbx::view(event.name));
  out += ",\"data\":";
  append_json_data(out, event);
}

// What a page's listeners never meet unless they ask for it by name.
std::string notice(std::string_view name, std::string_view channel, std::string_view more = {}) {
  std::string out, data = "{\"channel\":";
  sbx::json::append_quoted(data, channel);
  data += more;
  data += '}';
  append_field(out, "event", name);
  append_data(out, data);
  return out + "\n";
}

}  // namespace

bool fits(const sbx_event &event) {
  return plain_text(sbx::view(event.channel)) && plain_text(sbx::view(event.name)) &&
         ((event.flags & SBX_EVENT_BINARY) || is_json(sbx::view(event.data)));
}

std::string plain_frame(const sbx_event &event) {
  const std::string_view name = sbx::view(event.name);
  std::string out, data;
  out.reserve(name.size() + event.data.len + kOverhead);
  append_id(out, sbx::view(event.cursor));
  if (!name.empty() && name != "message") append_field(out, "event", name);
  append_json_data(data, event);
  append_data(out, data);
  return out += '\n';
}

std::string envelope_frame(const sbx_event &event) {
  std::string out, data = "{";
  append_members(data, event);
  data += '}';
  out.reserve(data.size() + kOverhead);
  append_id(out, sbx::view(event.cursor));
  append_data(out, data);
  return out += '\n';
}

std::string gap_frame(std::string_view channel) { return notice("signalbox.gap", channel); }

std::string refused_frame(const RefusedChannel &refused) {
  std::string reason = ",\"reason\":";
  sbx::json::append_quoted(reason, refused.reason);
  return notice("signalbox.refused", refused.channel, reason + ",\"code\":" + std::to_string(refused.code));
}

std::string members_frame(std::string_view channel, std::string_view members) {
  return notice("signalbox.members", channel, std::string(",\"members\":").append(members));
}

std::string presence_frame(const sbx_event &event) {
  const std::string_view channel = sbx::view(event.channel), name = sbx::view(event.name);
  const std::string_view data = sbx::view(event.data);
  if (name == "here") return members_frame(channel, data);
  const bool joins = name == "joining";
  return notice(joins ? "signalbox.join" : "signalbox.leave", channel, std::string(",\"member\":").append(data));
}

std::string place_frame(std::string_view cursor) {
  std::string out;
  append_id(out, cursor);
  return out.empty() ? out : out + "\n";
}

std::string retry_frame(int64_t milliseconds) { return "retry: " + std::to_string(milliseconds) + "\n\n"; }

std::string poll_entry(const sbx_event &event) {
  const std::string_view id = sbx::view(event.id), cursor = sbx::view(event.cursor);
  std::string out = "{";
  out.reserve(event.channel.len + event.name.len + event.data.len + id.size() + kOverhead);
  append_members(out, event);
  out += ",\"id\":";
  sbx::json::append_quoted(out, id.empty() || !sbx::json::valid_utf8(id) ? cursor : id);
  out += ",\"cursor\":";
  sbx::json::append_quoted(out, cursor);
  return out += '}';
}

}  // namespace sse
