// Where a preset takes a value from, as `header:Stripe-Signature` or `json:/id`.  A value; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace webhook {

struct Source {
  enum class From { kBody, kUrl, kHeader, kQuery, kForm, kXml, kJson, kPlain, kPlainXml, kItem, kSecret };
  From from = From::kBody;
  std::string name;  // a header's in lower case; a JSON pointer where it is JSON
};

// Nothing, when there is no such source, or it lacks its name.
std::optional<Source> read_source(std::string_view text);

}  // namespace webhook
