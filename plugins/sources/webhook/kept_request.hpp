// A request as it is kept beside its events, to be replayed one day: HTTP/1.1 text, with `signalbox-kept` as its first
// header, and the body byte for byte.  Secrets that it showed are masked; signatures stay, for they prove something
// only of this very request.  Headers that belong to the connection are left out, and the length is that of the body as
// it is.  Pure; any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/sources/webhook/callback_request.hpp"
#include "plugins/sources/webhook/preset.hpp"

namespace webhook {

// The longest that is kept; it stays below what the host takes.
inline constexpr size_t kKeptMax = 8u << 20;
inline constexpr std::string_view kMasked = "masked";

// Nothing: it is too long, or has something in its head that no HTTP text can carry.
std::optional<std::string> keep_request(const CallbackRequest &request, const Preset &preset, int64_t received_ns);
// Nothing: keep_request() has not written this.
std::optional<CallbackRequest> read_kept(std::string_view kept);

}  // namespace webhook
