// Hexadecimal and base64 text, read strictly: what another reader might take for the same bytes is refused (RFC 4648
// sections 3.2, 3.5 and 8).  Pure, any thread.
#pragma once
#include <string>
#include <string_view>

namespace webhook {

enum class Encoding { kUtf8, kHex, kUpperHex, kBase64 };

// kCharacters: not in this alphabet at all.  kLength: it is, and is cut or badly padded, so it cannot be what was sent.
enum class Decoded { kOk, kCharacters, kLength };

// Appends nothing unless the answer is kOk.  kHex takes both cases, kUpperHex only capitals.
Decoded decode(Encoding encoding, std::string_view text, std::string &to);

std::string hex_of(std::string_view bytes);
std::string base64_of(std::string_view bytes);

}  // namespace webhook
