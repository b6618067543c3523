#include "plugins/sinks/websocket/server_message.hpp"

#include <sbx/json_scan.hpp>
#include <sbx/web_text.hpp>

namespace websocket {
namespace {

namespace json = sbx::json;

// One object, begun with its type and ended by take().
class Object {
 public:
  explicit Object(std::string_view type, size_t expected = 96) {
    text_.reserve(expected);
    text_ = "{\"type\":\"";
    text_ += type;
    text_ += '"';
  }
  Object &text(std::string_view key, std::string_view value) {
    name(key);
    json::append_quoted(text_, value);
    return *this;
  }
  Object &raw(std::string_view key, std::string_view value) {
    name(key);
    text_ += value;
    return *this;
  }
  Object &raw_if(std::string_view key, std::string_view value) { return value.empty() ? *this : raw(key, value); }
  Object &text_if(std::string_view key, std::string_view value) { return value.empty() ? *this : text(key, value); }
  Object &base64(std::string_view key, std::string_view bytes);
  std::string take() { return std::move(text_ += '}'); }

 private:
  void name(std::string_view key) {
    text_ += ",\"";
    text_ += key;
    text_ += "\":";
  }
  std::string text_;
};

Object &Object::base64(std::string_view key, std::string_view bytes) {
  name(key);
  text_ += '"';
  sbx::append_base64(text_, bytes);
  text_ += '"';
  return *this;
}

}  // namespace

std::string welcome_message(std::string_view id, std::string_view cursor) {
  return Object("welcome").text("id", id).text_if("cursor", cursor).take();
}

std::string subscribed_message(std::string_view channel, std::string_view cursor, bool recovered,
                               std::string_view members, std::string_view ref) {
  return Object("subscribed")
      .text("channel", channel)
      .text("cursor", cursor)
      .raw("recovered", recovered ? "true" : "false")
      .raw_if("members", members)
      .raw_if("ref", ref)
      .take();
}

std::string unsubscribed_message(std::string_view channel, std::string_view ref) {
  return Object("unsubscribed").text("channel", channel).raw_if("ref", ref).take();
}

std::string gap_message(std::string_view channel) { return Object("gap").text("channel", channel).take(); }

std::string sent_message(std::string_view ref) { return Object("sent").raw("ref", ref).take(); }

std::string pong_message(std::string_view ref) { return Object("pong").raw_if("ref", ref).take(); }

std::string error_message(Error code, std::string_view text, std::string_view channel, std::string_view ref) {
  return Object("error")
      .text("code", error_code(code))
      .text("message", text)
      .text_if("channel", channel)
      .raw_if("ref", ref)
      .take();
}

std::optional<std::string> event_message(const sbx_event &event) {
  const std::string_view channel = sbx::view(event.channel), name = sbx::view(event.name);
  const std::string_view data = sbx::view(event.data), cursor = sbx::view(event.cursor);
  const bool binary = (event.flags & SBX_EVENT_BINARY) != 0;
  if (!json::valid_utf8(channel) || !json::valid_utf8(name)) return std::nullopt;
  if (!binary && !json::valid(data)) return std::nullopt;
  // A source's own id is any bytes; the cursor is an id as well.
  std::string_view id = sbx::view(event.id);
  if (id.empty() || !json::valid_utf8(id)) id = cursor;
  Object out("event", channel.size() + name.size() + id.size() + (binary ? data.size() * 4 / 3 : data.size()) + 160);
  out.text("channel", channel).text("event", name);
  if (binary)
    out.base64("data", data).text("encoding", "base64");
  else
    out.raw("data", data);
  return out.text_if("id", id).text_if("cursor", cursor).take();
}

// Without a cursor: who is there now is told to everybody who subscribes, and not replayed.
std::optional<std::string> presence_message(const sbx_event &event) {
  const std::string_view channel = sbx::view(event.channel), name = sbx::view(event.name);
  const std::string_view data = sbx::view(event.data);
  if (!json::valid_utf8(channel) || !json::valid(data)) return std::nullopt;
  const auto told = [&](std::string_view type, std::string_view key) {
    return Object(type, channel.size() + data.size() + 64).text("channel", channel).raw(key, data).take();
  };
  if (name == "joining") return told("join", "member");
  if (name == "leaving") return told("leave", "member");
  return name == "here" ? std::optional(told("members", "members")) : std::nullopt;
}

}  // namespace websocket
