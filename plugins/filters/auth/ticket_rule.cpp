#include "plugins/filters/auth/ticket_rule.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "plugins/filters/auth/ticket_text.hpp"
#include "plugins/filters/auth/token_keys.hpp"
#include "plugins/shared/jose_keys/key_store.hpp"

namespace auth {
namespace {

using Json = nlohmann::json;
using Sources = std::vector<std::unique_ptr<const jose::KeySource>>;

constexpr size_t kTicketKeysMax = 8;
// Whoever writes a time beyond it has mistaken milliseconds for seconds, or means "for ever".
constexpr int64_t kAheadMaxS = int64_t{400} * 24 * 3600;

class TicketRule : public TokenRule {
 public:
  TicketRule(sbx::Host host, Sources sources)
      : host_(host), loop_(host.service<sbx_loop>()), sources_(std::move(sources)), store_(host) {
    for (const auto &source : sources_) store_.add(*source);
  }

  void judge(uint64_t, const TokenAsk &about, std::function<void(const Judgement &)> then) override {
    then(judged(about));
  }
  void forget(uint64_t) override {}

 private:
  Judgement judged(const TokenAsk &about) {
    if (about.presence) return {false, "no_member", 403};
    if (about.token.empty()) return {false, "no_ticket", 401};
    const auto ticket = parse_ticket(about.token);
    if (!ticket || !is_signed(about.channel, *ticket)) return {false, "bad_ticket", 401};
    const int64_t now_ns = loop_->wall_ns(host_.get());
    if (ticket->expires_s - now_ns / sbx::kSecondNs > kAheadMaxS) return {false, "bad_ticket", 401};
    const int64_t until_ns = ticket->expires_s * sbx::kSecondNs;
    if (now_ns >= until_ns) return {false, "expired", 401};
    Judgement admitted;
    admitted.admitted = true;
    admitted.until_ns = until_ns;
    return admitted;
  }

  // Compared in constant time, see jose::hmac_fits().
  bool is_signed(std::string_view channel, const TicketText &ticket) {
    constexpr auto kHmac = jose::Algorithm::kHs256;
    const std::string text = signed_text(channel, ticket.expiry);
    bool fits = false;
    for (const auto &source : sources_)
      store_.get(*source, 0, false, [&](const jose::Keys &keys) {
        for (const jose::Key *key : keys->candidates(kHmac, {})) fits = fits || key->verifies(kHmac, text, ticket.mac);
      });
    return fits;
  }

  sbx::Host host_;
  const sbx_loop *loop_;
  const Sources sources_;  // each with keys from the beginning
  jose::KeyStore store_;
};

// One of `key`: a text, or { file: PATH }.  nullptr after a problem.
std::unique_ptr<const jose::KeySource> read_key(sbx::Host host, const Json &key, const std::string &where) {
  auto source = std::make_unique<jose::KeySource>();
  source->name = "the ticket rule at " + where;
  source->read = &read_secret;
  std::string fault;
  if (key.is_string()) {
    source->keys = read_secret(key.get_ref<const std::string &>());
  } else {
    fault = load_key_file(host, key.is_object() ? key.value("file", "") : std::string(), *source);
  }
  if (source->keys) return source;
  if (!fault.empty()) fault += ": ";
  host.problem(where, fault + "a key for tickets is a secret of 32 to 1024 bytes, as `openssl rand -hex 32` makes it");
  return nullptr;
}

}  // namespace

std::unique_ptr<TokenRule> make_ticket_rule(sbx::Host host, std::string_view options_json, std::string_view pointer) {
  const Json options = Json::parse(options_json, nullptr, false);
  const std::string where = std::string(pointer) + "/key";
  const Json key = options.is_object() ? options.value("key", Json()) : Json();
  const bool several = key.is_array();
  if (key.is_null() || (several && key.empty())) {
    host.problem(where, "name the key that tickets are signed with");
    return nullptr;
  }
  if (several && key.size() > kTicketKeysMax) {
    host.problem(where, "more than 8 keys: remove those that are out of use");
    return nullptr;
  }
  Sources sources;
  for (size_t i = 0; i < (several ? key.size() : 1); ++i)
    if (auto source = read_key(host, several ? key[i] : key, several ? where + "/" + std::to_string(i) : where))
      sources.push_back(std::move(source));
  if (sources.size() != (several ? key.size() : 1)) return nullptr;
  return std::make_unique<TicketRule>(host, std::move(sources));
}

}  // namespace auth
