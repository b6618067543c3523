// The three ways in which callbacks come encrypted.  Pure, any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace webhook {

enum class Cipher { kAes256Gcm, kWechatAes256Cbc, kAes256Ecb };

struct Sealed {
  std::string_view ciphertext;  // decoded; with kAes256Gcm the 16 bytes of the tag are its end
  std::string_view nonce, aad;  // kAes256Gcm
  std::string_view receiver;    // kWechatAes256Cbc: the app id that must stand inside
};

// Nothing, when the key does not open it or what is inside is not as it must be.  REQUIRES: `key` has 32 bytes
//   kAes256Gcm        NIST SP 800-38D, nonce of 12 bytes; the tag is checked before anything is believed
//   kWechatAes256Cbc  IV = first half of the key, padding to blocks of 32; 16 random bytes, length, text, app id
//   kAes256Ecb        PKCS#7 padding and no tag: what is inside must be judged by its form
std::optional<std::string> unseal(Cipher cipher, std::string_view key, const Sealed &sealed);

}  // namespace webhook
