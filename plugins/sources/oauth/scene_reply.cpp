#include "plugins/sources/oauth/scene_reply.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <sbx/web_text.hpp>

#include "plugins/sources/webhook/digest.hpp"
#include "plugins/sources/webhook/encoding.hpp"

namespace oauth {
namespace {

constexpr size_t kIvBytes = 16;
constexpr size_t kPaddingBytes = 32;  // OpenSSL pads to its own 16

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char *in(std::string_view text) { return reinterpret_cast<const unsigned char *>(text.data()); }

void append_cdata(std::string &to, std::string_view text) {
  std::string plain;
  std::copy_if(text.begin(), text.end(), std::back_inserter(plain),
               [](char c) { return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t'; });
  constexpr std::string_view kEnd = "]]>";
  to += "<![CDATA[";
  for (std::string_view rest = plain;;) {
    const size_t end = rest.find(kEnd);
    if (end == std::string_view::npos) {
      to += rest;
      break;
    }
    to.append(rest.substr(0, end)) += "]]]]><![CDATA[>";
    rest.remove_prefix(end + kEnd.size());
  }
  to += kEnd;
}

void append_element(std::string &to, const std::string &name, std::string_view text) {
  to += "<" + name + ">";
  append_cdata(to, text);
  to += "</" + name + ">";
}

std::optional<std::string> encrypted(std::string_view key, const std::string &plain) {
  std::string cipher(plain.size() + kIvBytes, '\0');
  auto *out = reinterpret_cast<unsigned char *>(cipher.data());
  const Context c{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
  int done = 0, rest = 0;
  const bool fine =
      c && EVP_EncryptInit_ex(c.get(), EVP_aes_256_cbc(), nullptr, in(key), in(key.substr(0, kIvBytes))) == 1 &&
      EVP_CIPHER_CTX_set_padding(c.get(), 0) == 1 &&
      EVP_EncryptUpdate(c.get(), out, &done, in(plain), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(c.get(), out + done, &rest) == 1;
  ERR_clear_error();
  if (!fine) return std::nullopt;
  cipher.resize(static_cast<size_t>(done) + static_cast<size_t>(rest));
  return cipher;
}

std::string framed(std::string_view random, std::string_view xml, std::string_view appid) {
  std::string plain(random);
  const auto length = static_cast<uint32_t>(xml.size());
  for (const unsigned shift : {24u, 16u, 8u, 0u}) plain += static_cast<char>(length >> shift & 0xff);
  plain.append(xml).append(appid);
  const size_t padding = kPaddingBytes - plain.size() % kPaddingBytes;
  plain.append(padding, static_cast<char>(padding));
  return plain;
}

}  // namespace

std::string text_reply_xml(const TextReply &reply) {
  std::string xml = "<xml>";
  append_element(xml, "ToUserName", reply.to);
  append_element(xml, "FromUserName", reply.from);
  xml += "<CreateTime>" + std::to_string(reply.created_s) + "</CreateTime>";
  append_element(xml, "MsgType", "text");
  append_element(xml, "Content", reply.content);
  return xml += "</xml>";
}

std::optional<std::string> sealed_reply(const ReplyKeys &keys, std::string_view xml, const EnvelopeChance &chance) {
  const auto cipher = encrypted(keys.aes_key, framed(chance.random, xml, keys.appid));
  if (!cipher) return std::nullopt;
  std::string text;
  sbx::append_base64(text, *cipher);
  const std::string time = std::to_string(chance.time_s);
  std::array<std::string_view, 4> sorted = {keys.token, time, chance.nonce, text};
  std::sort(sorted.begin(), sorted.end());
  std::string joined;
  for (const std::string_view part : sorted) joined += part;
  std::string envelope = "<xml>";
  append_element(envelope, "Encrypt", text);
  append_element(envelope, "MsgSignature", webhook::hex_of(webhook::digest_of(webhook::Hash::kSha1, joined)));
  envelope += "<TimeStamp>" + time + "</TimeStamp>";
  append_element(envelope, "Nonce", chance.nonce);
  return envelope += "</xml>";
}

}  // namespace oauth
