// What a browser makes of a stream: the interpretation of the HTML Living Standard, section 9.2.6, written from its
// text and from nothing of ours, so that it can be a judge of what the sink writes.  Feed it in pieces of any size.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct EventSource {
  struct Message {
    std::string type, data, last_event_id;
    bool operator==(const Message &) const = default;
  };
  std::vector<Message> messages;
  std::string last_event_id;  // what a reconnect sends as Last-Event-ID
  int64_t reconnection_ms = -1;
  size_t comments = 0;

  EventSource &feed(std::string_view bytes) {
    for (const char c : bytes) {
      if (std::exchange(after_cr_, false) && c == '\n') continue;
      if (c == '\r' || c == '\n') {
        after_cr_ = c == '\r';
        end_of_line(std::exchange(line_, {}));
      } else {
        line_ += c;
      }
    }
    return *this;
  }

 private:
  void end_of_line(std::string_view line) {
    // "One leading U+FEFF BYTE ORDER MARK character must be ignored if any are present."
    if (std::exchange(first_line_, false) && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.empty()) return dispatch();
    const size_t colon = line.find(':');
    if (colon == 0) {
      ++comments;
    } else if (colon == std::string_view::npos) {
      process(line, {});
    } else {
      std::string_view value = line.substr(colon + 1);
      if (value.starts_with(' ')) value.remove_prefix(1);
      process(line.substr(0, colon), value);
    }
  }
  void process(std::string_view field, std::string_view value) {
    if (field == "event") {
      type_ = value;
    } else if (field == "data") {
      data_ += value;
      data_ += '\n';
    } else if (field == "id") {
      if (value.find('\0') == std::string_view::npos) id_ = value;
    } else if (field == "retry") {
      if (value.find_first_not_of("0123456789") == std::string_view::npos && !value.empty() && value.size() < 18)
        reconnection_ms = std::stoll(std::string(value));
    }
  }
  void dispatch() {
    last_event_id = id_;
    const std::string type = std::exchange(type_, {});
    std::string data = std::exchange(data_, {});
    if (data.empty()) return;
    data.pop_back();
    messages.push_back({type.empty() ? "message" : type, data, last_event_id});
  }

  std::string line_, type_, data_, id_;
  bool after_cr_ = false, first_line_ = true;
};
