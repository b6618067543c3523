// What a scene login shows on the phone and nobody else knows: the secret in the link, the token in the page's form and
// the numbers to choose from.  All are made of the wait's id by a key of the process's own (HMAC-SHA-256), so that a
// link that has to be sent again is the same link, a page that is loaded again shows the same numbers (two pages with
// one number in common would give it away), and nothing of it needs to be kept.  Immutable; lane only.
#pragma once
#include <array>
#include <sbx/sbx.hpp>
#include <string>
#include <string_view>

namespace oauth {

using Choices = std::array<std::string, 3>;

class SceneKeys {
 public:
  SceneKeys(sbx::Host host, const sbx_loop &loop);

  std::string link_secret(std::string_view wait_id) const { return made("link", wait_id); }  // 128 bits, hexadecimal
  std::string form_token(std::string_view wait_id) const { return made("form", wait_id); }
  // `number` and two others between "10" and "99", in an order of chance.  REQUIRES: `number` is such a one
  Choices choices(std::string_view wait_id, std::string_view number) const;

 private:
  std::string made(std::string_view what, std::string_view wait_id) const;
  std::string bytes(std::string_view what, std::string_view wait_id) const;

  std::string key_;
};

}  // namespace oauth
