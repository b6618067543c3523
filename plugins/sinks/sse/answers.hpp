// Whole answers over HTTP: documents, refusals, and the head of a stream.  Lane only.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/sinks/sse/accept.hpp"
#include "plugins/sinks/sse/services.hpp"

namespace sse {

inline constexpr std::string_view kJsonType = "application/json", kStreamType = "text/event-stream";

// 401 says how to come with credentials, 429 and 503 when to come again.
void respond(const Services &services, sbx_id request, uint32_t status, std::string_view type, std::string_view body);

// `sentence` as JSON for who asked for JSON, else as text.
void refuse(const Services &services, sbx_id request, uint32_t status, Form form, std::string_view sentence);
void refuse_method(const Services &services, sbx_id request, Form form);
void refuse_rate(const Services &services, sbx_id request, Form form);
void refuse_stopping(const Services &services, sbx_id request, Form form);

// The head of a stream and its first piece, at once: proxies and browsers must see that it is open.
sbx_status open_stream(const Services &services, sbx_id request, std::string_view first_piece);
// What HEAD gets: the head of the answer that GET would have, in either form.
void answer_head(const Services &services, sbx_id request, Form form);

}  // namespace sse
