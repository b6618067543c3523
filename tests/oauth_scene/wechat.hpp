// The other side of a scene login, for tests: an official account's server that posts encrypted pushes and opens the
// replies.  Written from the format's description alone: CBC is chained here by hand over single AES blocks, and the
// reply's XML is cut by its tags, so that a mistake in the source is not made here as well.
#pragma once
#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace scene_test {

inline constexpr int64_t kNow = 1'760'000'000;

inline const unsigned char *bytes(std::string_view s) { return reinterpret_cast<const unsigned char *>(s.data()); }

inline std::string base64(std::string_view plain) {
  std::string out((plain.size() + 2) / 3 * 4 + 1, '\0');
  const int n = EVP_EncodeBlock(reinterpret_cast<unsigned char *>(out.data()), bytes(plain), int(plain.size()));
  out.resize(size_t(n));
  return out;
}
inline std::string unbase64(std::string text) {
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string out(text.size() / 4 * 3 + 1, '\0');
  const int n = EVP_DecodeBlock(reinterpret_cast<unsigned char *>(out.data()), bytes(text), int(text.size()));
  if (n < 0) throw std::runtime_error("no base64");
  out.resize(size_t(n) - padding);
  return out;
}

inline std::string block(bool encrypt, std::string_view key, std::string_view in) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> c{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
  std::string out(32, '\0');
  int n = 0;
  EVP_CipherInit_ex(c.get(), EVP_aes_256_ecb(), nullptr, bytes(key), nullptr, encrypt ? 1 : 0);
  EVP_CIPHER_CTX_set_padding(c.get(), 0);
  EVP_CipherUpdate(c.get(), reinterpret_cast<unsigned char *>(out.data()), &n, bytes(in), 16);
  out.resize(size_t(n));
  return out;
}
inline std::string mixed(std::string a, std::string_view b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] = char(a[i] ^ b[i]);
  return a;
}
inline std::string cbc_encrypt(std::string_view key, std::string_view plain) {
  std::string out, last(key.substr(0, 16));
  for (size_t i = 0; i < plain.size(); i += 16) out += last = block(true, key, mixed(last, plain.substr(i, 16)));
  return out;
}
inline std::string cbc_decrypt(std::string_view key, std::string_view cipher) {
  std::string out, last(key.substr(0, 16));
  for (size_t i = 0; i < cipher.size(); i += 16) {
    out += mixed(block(false, key, cipher.substr(i, 16)), last);
    last = cipher.substr(i, 16);
  }
  return out;
}

inline std::string sha1_hex(std::string_view text) {
  unsigned char digest[20];
  EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha1(), nullptr);
  std::string hex;
  for (const unsigned char b : digest) hex += "0123456789abcdef"[b >> 4], hex += "0123456789abcdef"[b & 15];
  return hex;
}

// The text of the only element of this name.
inline std::string cut(const std::string &xml, const std::string &name) {
  const std::string open = "<" + name + ">", close = "</" + name + ">";
  const size_t from = xml.find(open), to = xml.find(close);
  if (from == std::string::npos || to == std::string::npos) throw std::runtime_error("no " + name + " in " + xml);
  if (xml.find(open, from + 1) != std::string::npos) throw std::runtime_error("two of " + name + " in " + xml);
  std::string inside = xml.substr(from + open.size(), to - from - open.size());
  constexpr std::string_view kBegin = "<![CDATA[", kEnd = "]]>";
  if (!inside.starts_with(kBegin)) return inside;
  if (!inside.ends_with(kEnd)) throw std::runtime_error("open CDATA");
  return inside.substr(kBegin.size(), inside.size() - kBegin.size() - kEnd.size());
}

struct Push {
  std::string query, body;
};

struct Wechat {
  std::string token = "scene-test-token", appid = "wx5cene0test0app1d";
  std::string key = "0123456789abcdefghijklmnopqrstuv";  // 32 bytes

  std::string encoding_aes_key() const {
    std::string text = base64(key);
    text.pop_back();  // as WeChat shows it
    return text;
  }
  std::string signature(std::vector<std::string> parts) const {
    parts.push_back(token);
    std::sort(parts.begin(), parts.end());
    std::string all;
    for (const std::string &part : parts) all += part;
    return sha1_hex(all);
  }
  std::string seal(const std::string &xml) const {
    std::string plain = "ABCDEFGHIJKLMNOP";
    for (const int shift : {24, 16, 8, 0}) plain += char(xml.size() >> shift & 255);
    plain += xml + appid;
    const size_t pad = 32 - plain.size() % 32;
    plain.append(pad, char(pad));
    return base64(cbc_encrypt(key, plain));
  }
  Push push(const std::string &xml, int64_t now_s = kNow, const std::string &nonce = "884422") const {
    const std::string text = seal(xml), time = std::to_string(now_s);
    return {"signature=" + signature({time, nonce}) + "&timestamp=" + time + "&nonce=" + nonce +
                "&openid=o&encrypt_type=aes&msg_signature=" + signature({time, nonce, text}),
            "<xml><ToUserName><![CDATA[gh_scene]]></ToUserName><Encrypt><![CDATA[" + text + "]]></Encrypt></xml>"};
  }
  // A reply's XML: its signature must be good, its padding and its app id right.
  std::string open(const std::string &envelope) const {
    const std::string text = cut(envelope, "Encrypt");
    if (cut(envelope, "MsgSignature") != signature({cut(envelope, "TimeStamp"), cut(envelope, "Nonce"), text}))
      throw std::runtime_error("the reply's signature is wrong");
    const std::string cipher = unbase64(text);
    if (cipher.empty() || cipher.size() % 32 != 0) throw std::runtime_error("the reply is not padded to 32");
    std::string plain = cbc_decrypt(key, cipher);
    const auto pad = static_cast<unsigned char>(plain.back());
    if (pad < 1 || pad > 32) throw std::runtime_error("padding");
    for (size_t i = plain.size() - pad; i < plain.size(); ++i)
      if (static_cast<unsigned char>(plain[i]) != pad) throw std::runtime_error("padding");
    plain.resize(plain.size() - pad);
    size_t length = 0;
    for (size_t i = 16; i < 20; ++i) length = length * 256 + static_cast<unsigned char>(plain.at(i));
    if (plain.substr(20 + length) != appid) throw std::runtime_error("the reply names another app");
    return plain.substr(20, length);
  }
};

// A push's inside, as the provider writes it.
inline std::string event_xml(const std::string &openid, const std::string &event, const std::string &key,
                             int64_t time = kNow, const std::string &kind = "event") {
  return "<xml><ToUserName><![CDATA[gh_scene]]></ToUserName><FromUserName><![CDATA[" + openid +
         "]]></FromUserName><CreateTime>" + std::to_string(time) + "</CreateTime><MsgType><![CDATA[" + kind +
         "]]></MsgType><Event><![CDATA[" + event + "]]></Event><EventKey><![CDATA[" + key +
         "]]></EventKey><Ticket><![CDATA[gQE]]></Ticket></xml>";
}

}  // namespace scene_test
