// Query strings and forms: `a=1&b=%20`.  Pure; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace socketio {

// The decoded value of the first field with the wanted name.
std::optional<std::string> query_value(std::string_view query, std::string_view wanted);

// All fields as one JSON object of strings, the first of each name (auth of Socket.IO 4 namespaces).
std::string query_object(std::string_view query);

}  // namespace socketio
