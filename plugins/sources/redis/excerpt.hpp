// A piece of foreign text for a log line: cut, and without anything that could end the line or paint the terminal.
#pragma once
#include <string>
#include <string_view>

namespace redis {

std::string excerpt(std::string_view text, size_t bytes_max = 120);

}  // namespace redis
