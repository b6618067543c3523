// What an HttpAnswerReader makes of bytes, as text: for tests and the fuzzer.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

#include "core/net/http_answer.hpp"

namespace signalbox::net::testing {

struct AnswerCase {
  HttpAnswerReader::Limits limits{2048, 1000};
  bool to_head = false;
  bool orderly = true;  // how the connection ends
};

// "200 a=b body" or "malformed: reason", with the bytes handed over in pieces of that size.
inline std::string answer_transcript(std::string_view bytes, const AnswerCase &given = {}, size_t piece = SIZE_MAX) {
  using State = HttpAnswerReader::State;
  HttpAnswerReader reader(given.limits, given.to_head);
  for (size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at)) reader.feed(bytes.substr(at, piece));
  const bool before_end = reader.state() == State::complete;
  switch (reader.end(given.orderly)) {
    case State::complete:
      break;
    case State::malformed:
      return "malformed: " + std::string(reader.reason());
    case State::too_big:
      return "too big: " + std::string(reader.reason());
    case State::cut_off:
      return "cut off: " + std::string(reader.reason());
    case State::reading:
      return "still reading";
  }
  const HttpAnswer &answer = reader.answer();
  std::string out = std::to_string(answer.status);
  for (const HttpHeader &h : answer.headers) out += " " + h.name + "=" + h.value;
  return out + " [" + answer.body + "]" + (before_end ? "" : " at the end");
}

}  // namespace signalbox::net::testing
