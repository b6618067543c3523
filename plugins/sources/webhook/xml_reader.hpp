// The little XML that callbacks are made of: <xml> with elements of text or CDATA in it.  Not a subset that grew by
// accident: what other readers act upon (a document type, entities of one's own, processing instructions) is refused,
// and so are attributes and comments, which nobody sends.  Pure, any thread.
#pragma once
#include <optional>
#include <string_view>

#include "plugins/sources/webhook/fields.hpp"

namespace webhook {

// The root's children by name; one that has elements of its own is there with an empty value.  Nothing, when this is
// not such a document, an element of the root comes twice, or it is not UTF-8.
std::optional<Fields> read_xml(std::string_view text);

}  // namespace webhook
