// Runs requests through an HttpParser, cut as asked, and writes down all that comes out, for comparison.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/net/http_parser.hpp"

namespace signalbox::net::testing {

inline std::string describe(const HttpHead &h) {
  std::string out = h.method + " [" + h.path + "] [" + h.query + "] 1." + std::to_string(h.minor);
  if (h.keep_alive) out += " keep";
  if (h.has_body) out += " body";
  if (h.expect_continue) out += " expect";
  if (h.upgrade) out += " upgrade";
  if (h.content_length) out += " length=" + std::to_string(*h.content_length);
  for (const HttpHeader &header : h.headers) out += "\n  " + header.name + "=[" + header.value + "]";
  return out + "\n";
}

class HttpTranscript {
 public:
  explicit HttpTranscript(HttpParser::Limits limits) : limits_(limits), parser_(limits) {}

  void feed(std::string_view piece) {
    if (failed_) return;
    kept_ += piece;
    for (;;) {
      const HttpParser::Step step = parser_.next(kept_);
      if (step.kind == HttpParser::Kind::head) text_ += describe(parser_.head());
      if (step.kind == HttpParser::Kind::body) body_ += step.body;
      if (step.kind == HttpParser::Kind::error) {
        failed_ = true;
        flush_body();
        text_ += "error " + std::to_string(step.status) + " " + std::string(step.reason) + "\n";
        return;
      }
      kept_.erase(0, step.consumed);
      if (step.kind == HttpParser::Kind::need_more) return;
      if (step.kind != HttpParser::Kind::complete) continue;
      flush_body();
      text_ += "complete\n";
      parser_.reset(limits_);
      if (kept_.empty()) return;
    }
  }
  std::string take() {
    flush_body();
    return text_ + (failed_ ? "" : "left " + std::to_string(kept_.size()) + "\n");
  }

 private:
  void flush_body() {
    if (!body_.empty()) text_ += "(" + body_ + ")\n";
    body_.clear();
  }

  HttpParser::Limits limits_;
  HttpParser parser_;
  std::string kept_, text_, body_;
  bool failed_ = false;
};

inline std::string http_transcript(std::string_view bytes, HttpParser::Limits limits = {4096, 1000}) {
  HttpTranscript run(limits);
  run.feed(bytes);
  return run.take();
}

inline std::string http_transcript_cut(std::string_view bytes, size_t at, HttpParser::Limits limits = {4096, 1000}) {
  HttpTranscript run(limits);
  run.feed(bytes.substr(0, at));
  run.feed(bytes.substr(at));
  return run.take();
}

inline std::string http_transcript_bytewise(std::string_view bytes, HttpParser::Limits limits = {4096, 1000}) {
  HttpTranscript run(limits);
  for (const char &c : bytes) run.feed({&c, 1});
  return run.take();
}

}  // namespace signalbox::net::testing
