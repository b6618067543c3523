// json_scan.hpp: reads JSON text in place, for plugins that must hand data on byte for byte instead of through a tree.
// Strict RFC 8259: UTF-8 without overlong forms and surrogates, no bare control characters, escaped surrogates only in
// pairs, no byte order mark.  Bounded depth, one pass, no allocation.  Header-only, any thread.
//
//   sbx::json::Reader r(text);
//   if (r.kind() == sbx::json::Kind::kObject) {
//     r.enter();
//     for (std::string_view key; r.member(key);)
//       if (sbx::json::equals(key, "id")) id = r.skip(); else r.skip();
//   }
//   if (!r.finish()) ... // not JSON
#pragma once
#include <cstddef>
#include <string_view>

#include "json_text.hpp"

namespace sbx {
inline namespace v1 {
namespace json {

// The same as PHP's json_encode allows; skip() recurses, a level costs it about a hundred bytes of stack.
inline constexpr int kDepthMax = 512;

enum class Kind { kNone, kObject, kArray, kString, kNumber, kLiteral };
enum class Fault { kNone, kSyntax, kDepth };

// A pull reader.  After an error everything answers "nothing more": callers look once, at finish().
class Reader {
 public:
  explicit Reader(std::string_view text, int depth_max = kDepthMax) noexcept : text_(text), depth_max_(depth_max) {}

  // What comes next, behind blanks.
  Kind kind() noexcept {
    blanks();
    if (fault_ != Fault::kNone || at_ == text_.size()) return Kind::kNone;
    switch (text_[at_]) {
      case '{':
        return Kind::kObject;
      case '[':
        return Kind::kArray;
      case '"':
        return Kind::kString;
      case 't':
      case 'f':
      case 'n':
        return Kind::kLiteral;
      default:
        return text_[at_] == '-' || digit() ? Kind::kNumber : Kind::kNone;
    }
  }
  // Goes into the object or array that comes next; then member() or element() until it answers false.
  // REQUIRES: kind() is kObject or kArray
  bool enter() noexcept {
    if (fault_ != Fault::kNone) return false;
    if (depth_ == depth_max_) return fail(Fault::kDepth);
    ++depth_, ++at_;
    return fresh_ = true;
  }
  // The next member's key, raw with its quotes; its value comes next.  False: the object is over (and left), or an
  // error.
  bool member(std::string_view &key) noexcept {
    if (!more('}')) return false;
    if (at_ == text_.size() || text_[at_] != '"') return fail();
    size_t from = at_;
    if (!string()) return false;
    key = text_.substr(from, at_ - from);
    blanks();
    if (at_ == text_.size() || text_[at_] != ':') return fail();
    ++at_;
    return true;
  }
  // Is there another element?  It comes next.
  bool element() noexcept { return more(']'); }
  // The raw text of the value that comes next, without blanks around it; it is checked and passed over.
  std::string_view skip() noexcept {
    Kind k = kind();
    size_t from = at_;
    if (!value(k)) return {};
    return text_.substr(from, at_ - from);
  }
  // REQUIRES: the top value was read to its end
  bool finish() noexcept {
    blanks();
    if (fault_ == Fault::kNone && (at_ != text_.size() || depth_ != 0 || !any_)) fault_ = Fault::kSyntax;
    return fault_ == Fault::kNone;
  }
  Fault fault() const noexcept { return fault_; }
  // Where the reader stands, or stood when it failed.
  size_t offset() const noexcept { return at_; }

 private:
  bool fail(Fault why = Fault::kSyntax) noexcept {
    if (fault_ == Fault::kNone) fault_ = why;
    return false;
  }
  void blanks() noexcept {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  bool digit() const noexcept { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }
  bool digits() noexcept {
    if (!digit()) return fail();
    while (digit()) ++at_;
    return true;
  }
  bool left() noexcept {
    --depth_;
    fresh_ = false;
    return any_ = true;
  }
  bool more(char close) noexcept {
    if (fault_ != Fault::kNone) return false;
    blanks();
    if (at_ == text_.size()) return fail();
    if (text_[at_] == close) {
      ++at_;
      left();
      return false;
    }
    if (fresh_) {
      fresh_ = false;
      return true;
    }
    if (text_[at_] != ',') return fail();
    ++at_;
    blanks();
    return true;
  }
  bool value(Kind k) noexcept {
    switch (k) {
      case Kind::kObject:
        if (!enter()) return false;
        for (std::string_view key; member(key);)
          if (!value(kind())) return false;
        break;
      case Kind::kArray:
        if (!enter()) return false;
        while (element())
          if (!value(kind())) return false;
        break;
      case Kind::kString:
        string();
        break;
      case Kind::kNumber:
        number();
        break;
      case Kind::kLiteral:
        literal();
        break;
      case Kind::kNone:
        return fail();
    }
    any_ = true;
    return fault_ == Fault::kNone;
  }
  bool string() noexcept {
    for (++at_; at_ < text_.size();) {
      at_ += detail::plain_run(text_.substr(at_));
      if (at_ == text_.size()) break;
      auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') return ++at_, true;
      if (c < 0x20) return fail();
      size_t length = 1;
      if (c == '\\')
        length = detail::escape(text_.substr(at_)).length;
      else if (c >= 0x80)
        length = detail::utf8_length(text_.substr(at_));
      if (length == 0) return fail();
      at_ += length;
    }
    return fail();
  }
  bool number() noexcept {
    if (text_[at_] == '-') ++at_;
    if (at_ < text_.size() && text_[at_] == '0')
      ++at_;
    else if (!digits())
      return false;
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digits()) return false;
    }
    return true;
  }
  bool literal() noexcept {
    std::string_view rest = text_.substr(at_);
    for (std::string_view word : {std::string_view("true"), std::string_view("false"), std::string_view("null")})
      if (rest.starts_with(word)) return at_ += word.size(), true;
    return fail();
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_max_, depth_ = 0;
  bool fresh_ = false;  // just entered: no comma before the next member
  bool any_ = false;    // a value was read
  Fault fault_ = Fault::kNone;
};

// Is the text one JSON value?
inline Fault check(std::string_view text, int depth_max = kDepthMax) noexcept {
  Reader r(text, depth_max);
  r.skip();
  r.finish();
  return r.fault();
}
inline bool valid(std::string_view text, int depth_max = kDepthMax) noexcept {
  return check(text, depth_max) == Fault::kNone;
}

}  // namespace json
}  // namespace v1
}  // namespace sbx
