// A JSON document as it stands in its text: checked once, then asked by pointers (RFC 6901).  A key that comes twice in
// an object is refused: of two readers each may take another one.  Borrows the text.  Pure, any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webhook {

class JsonBody {
 public:
  // Nothing, when it is not JSON in UTF-8, nested too deep, or has a key twice.
  static std::optional<JsonBody> read(std::string_view text);

  // The raw text of what the pointer leads to.
  std::optional<std::string_view> find(std::string_view pointer) const;
  // What a string says, or a number or true or false as it is written; nothing for null, objects and arrays.
  std::optional<std::string> text_at(std::string_view pointer) const;
  // The elements of an array, raw; nothing, when it is none or has more than `max`.
  std::optional<std::vector<std::string_view>> elements(std::string_view pointer, size_t max) const;
  std::string_view text() const { return text_; }

  // A part of a document that was read.
  static JsonBody part(std::string_view raw) { return JsonBody(raw); }

 private:
  explicit JsonBody(std::string_view text) : text_(text) {}
  std::string_view text_;
};

}  // namespace webhook
