#include "plugins/sources/webhook/paypal_ipn.hpp"

#include <cstdint>
#include <sbx/json_text.hpp>

#include "plugins/sources/webhook/request_head.hpp"

namespace webhook {
namespace {

enum class Charset { kUtf8, kWindows1252, kOther };

constexpr uint32_t kUnknown = 0xFFFD;
// What windows-1252 has where ISO 8859-1 has control characters; its five gaps are those, as browsers read them.
constexpr uint32_t kWindows1252[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                       0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                       0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                       0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

Charset charset_of(const Fields &form) {
  const std::string *said = form.find("charset");
  if (!said || said->empty() || same_word(*said, "utf-8") || same_word(*said, "utf8")) return Charset::kUtf8;
  for (const char *name : {"windows-1252", "iso-8859-1", "us-ascii", "ascii"})
    if (same_word(*said, name)) return Charset::kWindows1252;
  return Charset::kOther;
}

std::string as_utf8(std::string_view bytes, Charset charset) {
  if (sbx::json::valid_utf8(bytes) && charset != Charset::kWindows1252) return std::string(bytes);
  std::string made;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    uint32_t code = byte;
    if (byte >= 0x80 && charset != Charset::kWindows1252)
      code = kUnknown;
    else if (byte >= 0x80 && byte < 0xA0)
      code = kWindows1252[byte - 0x80];
    char utf8[4];
    made.append(utf8, sbx::json::detail::encode(code, utf8));
  }
  return made;
}

}  // namespace

std::string json_of_ipn(const Fields &form) {
  const Charset charset = charset_of(form);
  std::string made = "{";
  for (const auto &[name, value] : form.sorted()) {
    if (!sbx::json::valid_utf8(name)) continue;  // none of PayPal's own, and two of them could become one
    if (made.size() > 1) made += ',';
    sbx::json::append_quoted(made, name);
    made += ':';
    sbx::json::append_quoted(made, as_utf8(value, charset));
  }
  return made + "}";
}

Question ask_paypal_about_ipn(const std::string &url, const std::string &body) {
  Question asked;
  asked.about = Question::About::kConfirmation;
  asked.method = "POST";
  asked.url = url.empty() ? "https://ipnpb.paypal.com/cgi-bin/webscr" : url;
  asked.headers = {{"content-type", "application/x-www-form-urlencoded"}, {"user-agent", "signalbox"}};
  asked.body = "cmd=_notify-validate&" + body;
  return asked;
}

IpnAnswer read_ipn_answer(const ProviderAnswer &answer) {
  std::string_view said = answer.body;
  while (!said.empty() && (said.back() == '\n' || said.back() == '\r')) said.remove_suffix(1);
  if (answer.status != 200) return IpnAnswer::kNone;
  if (said == "VERIFIED") return IpnAnswer::kVerified;
  return said == "INVALID" ? IpnAnswer::kInvalid : IpnAnswer::kNone;
}

}  // namespace webhook
