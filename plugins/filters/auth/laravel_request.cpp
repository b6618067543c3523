#include "plugins/filters/auth/laravel_request.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace auth {
namespace {

// All that is forwarded of one client; web servers take about that much.
constexpr size_t kForwardedMax = 16384;

// application/x-www-form-urlencoded; only unreserved characters stand for themselves (RFC 3986 section 2.3).
std::string encode_field(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF", kPlain = "-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (word || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

class Forwarded {
 public:
  explicit Forwarded(LaravelRequest &request) : request_(request) {}
  void add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!fits_a_header(value)) {
      request_.wrong = "bad_header";
      return;
    }
    bytes_ += name.size() + value.size();
    if (bytes_ > kForwardedMax)
      request_.wrong = "too_big";
    else
      request_.headers.push_back({std::string(name), std::string(value)});
  }

 private:
  LaravelRequest &request_;
  size_t bytes_ = 0;
};

// Every part with its length before it, so that no two lists of parts are the same bytes.
void append_part(std::string &to, std::string_view part) {
  to.append(std::to_string(part.size())).append(":").append(part);
}

}  // namespace

size_t LaravelRequest::bytes() const {
  size_t sum = url.size() + body.size();
  for (const Header &h : headers) sum += h.name.size() + h.value.size();
  return sum;
}

std::string LaravelRequest::key() const {
  std::string parts;
  append_part(parts, url);
  append_part(parts, body);
  for (const Header &h : headers) {
    append_part(parts, h.name);
    append_part(parts, h.value);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  size_t length = 0;
  if (EVP_Q_digest(nullptr, "SHA256", nullptr, parts.data(), parts.size(), made.data(), &length) != 1)
    throw std::runtime_error("SHA-256 is not to be had from OpenSSL");
  return {reinterpret_cast<const char *>(made.data()), length};
}

LaravelRequest make_request(const LaravelOptions &options, const LaravelAsk &ask) {
  LaravelRequest request;
  request.url = options.endpoints.url_for(ask.visitor);
  if (request.url.empty()) request.wrong = "no_endpoint";
  request.body = "channel_name=" + encode_field(ask.channel);
  request.headers = {{"accept", "application/json"},
                     {"content-type", "application/x-www-form-urlencoded"},
                     {"x-requested-with", "XMLHttpRequest"}};
  Forwarded forwarded(request);
  for (const std::string &name : options.headers) {
    std::string value(ask.offer.header(name));
    if (value.empty() && name == "authorization" && !ask.token.empty()) value = "Bearer " + std::string(ask.token);
    forwarded.add(name, value);
  }
  const std::string cookies = cookies_of(ask.visitor);
  forwarded.add("cookie", options.all_cookies ? cookies : pick_cookies(cookies, options.cookies));
  if (options.forward_address && ask.visitor) forwarded.add("x-forwarded-for", sbx::view(ask.visitor->peer));
  return request;
}

}  // namespace auth
