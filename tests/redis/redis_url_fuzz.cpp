// Any url: it is taken or refused; what is taken names something to dial, and shows no password.
#include <cstdint>
#include <cstdlib>

#include "plugins/sources/redis/url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto parsed = redis::parse_url({reinterpret_cast<const char *>(data), size});
  if (auto *error = std::get_if<redis::UrlError>(&parsed)) {
    if (error->text.empty()) std::abort();
    return 0;
  }
  const auto &url = std::get<redis::Url>(parsed);
  bool unix_socket = url.dial.starts_with("unix:///");
  if (!unix_socket && !url.dial.starts_with(url.tls ? "tls://" : "tcp://")) std::abort();
  if (!unix_socket && url.dial.find_first_of("@/?# \n", 6) != std::string::npos) std::abort();
  if (url.dial.find('\0') != std::string::npos) std::abort();
  // What is shown is the address that is dialled, so nothing of the login can be in it.
  auto address = [](const std::string &u) { return u.substr(u.find("://")); };
  if (address(url.shown) != address(url.dial)) std::abort();
  return 0;
}
