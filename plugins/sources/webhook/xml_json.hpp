// XML whose elements say their type in an attribute, as Braintree writes it, made into JSON: `type="array"` becomes an
// array of its elements, `nil="true"` null, integers and booleans what they are, everything else a text or an object.
// What other readers act upon (a document type, entities of one's own, comments, other attributes) is refused, and so
// is an element that comes twice outside of an array.  Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace webhook {

// {"ROOT": …}; nothing, when this is not such a document.
std::optional<std::string> json_of_xml(std::string_view text);

}  // namespace webhook
