// The rule `ticket`: a text that the application has signed for one channel and a time (ticket_text.hpp).  It names
// nobody, so it opens no presence channel.
#pragma once
#include <memory>
#include <sbx/sbx.hpp>
#include <string_view>

#include "plugins/filters/auth/token_rule.hpp"

namespace auth {

// `options_json`: what stands below `ticket:`, at `pointer` of the configuration.  nullptr after a host.problem().
std::unique_ptr<TokenRule> make_ticket_rule(sbx::Host host, std::string_view options_json, std::string_view pointer);

}  // namespace auth
