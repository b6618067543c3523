// Passive replies of an official account: the message that answers a push, and the envelope that it must come in where
// pushes are encrypted (WeChat's "secure mode": AES-256-CBC, IV = first half of the key, padding to 32; SHA-1 over the
// sorted token, time, nonce and ciphertext).  Pure, any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oauth {

struct ReplyKeys {
  std::string token, appid;
  std::string aes_key;  // 32 bytes
};

struct TextReply {
  std::string_view to, from;  // the push's sender and receiver, the other way round
  int64_t created_s = 0;
  std::string_view content;
};

// No part of it can end its element: what would is split, and what XML cannot hold is left out.
// REQUIRES: all parts are UTF-8
std::string text_reply_xml(const TextReply &reply);

// What no two envelopes may share.
struct EnvelopeChance {
  std::string_view random;  // 16 bytes
  std::string_view nonce;   // digits or letters
  int64_t time_s = 0;
};

// Nothing, when the cipher fails.  REQUIRES: keys.aes_key has 32 bytes
std::optional<std::string> sealed_reply(const ReplyKeys &keys, std::string_view xml, const EnvelopeChance &chance);

}  // namespace oauth
