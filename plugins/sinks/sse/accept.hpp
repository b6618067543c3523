// Which of its two forms an answer has: a stream of events or one JSON document, by the request's Accept header
// (RFC 9110 section 12.5.1).  Pure; any thread.
#pragma once
#include <cstdint>
#include <string_view>

namespace sse {

enum class Form : uint8_t { kStream, kJson, kNeither };

// The form with the higher weight; of two with the same weight the one that is named more exactly
// ("application/json, */*" wants JSON), else the stream: so that is what */* and no header at all get.
Form choose_form(std::string_view accept);

}  // namespace sse
