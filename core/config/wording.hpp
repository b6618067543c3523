// How values and types are called in messages.  Pure functions.
#pragma once
#include <string>

#include "core/config/node.hpp"
#include "core/config/schema.hpp"

namespace signalbox::config {

// "text", "a whole number", "a list or text" ...
std::string type_words(unsigned types);

// What a value is: "text", "a number", "a boolean", "a list" ...
std::string kind_of_value(const Node &node);

// What the schema wants, as exactly as it can be said in a few words.
std::string wanted_words(const Schema &schema);

// "1 item", "2 items"
std::string counted(size_t n, const char *noun);

// A scalar as it stands in the file; never what came from outside of it, never a secret.
std::string shown(const Node &node, bool secret = false);

// What to do about a value of the wrong type, from "; " on; or empty.
std::string type_hint(const Schema &schema, const Node &node, bool secret);

}  // namespace signalbox::config
