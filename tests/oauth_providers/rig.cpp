#include "tests/oauth_providers/rig.hpp"

namespace oauth_test {

std::string Reading::complaint(std::string_view pointer) const {
  for (const auto &[where, text] : complaints)
    if (where == pointer) return text;
  return {};
}

Reading read(std::string_view config_json, const Files &files) {
  Reading reading;
  const auto read_file = [&](std::string_view path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
  reading.provider = oauth::read_provider(
      "p", config_json, read_file,
      [&](std::string_view where, std::string_view text) { reading.complaints.emplace_back(where, text); });
  CHECK(reading.provider.has_value() == reading.complaints.empty());
  return reading;
}

oauth::Provider provider(std::string_view config_json, const Files &files) {
  Reading reading = read(config_json, files);
  for (const auto &[where, text] : reading.complaints) MESSAGE(where << ": " << text);
  REQUIRE(reading.provider);
  return std::move(*reading.provider);
}

Rig::Rig(oauth::Provider p, size_t at_once_max)
    : provider(std::move(p)), exchanges(sbx::Host(host.get()), at_once_max) {}

uint64_t Rig::begin() {
  return exchanges.begin(provider, "the-code", "the-verifier", "n-1", kRedirect,
                         [this](oauth::ExchangeResult result) { results.push_back(std::move(result)); });
}

void Rig::answer(std::string_view json, uint32_t status) {
  web.answer(web.newest(), {.status = status, .headers = {{"content-type", "text/plain"}}, .body = std::string(json)});
}

const oauth::ExchangeResult &Rig::result() const {
  REQUIRE(results.size() == 1);
  check_silence();
  CHECK(results[0].ok == results[0].reason.empty());
  return results[0];
}

void Rig::check_silence() const {
  std::vector<std::string> said;
  for (const auto &line : host.logs) said.push_back(line.text);
  for (const auto &r : results) said.push_back(r.detail);
  for (const std::string &text : said)
    for (const char *secret : {"the-code", "the-verifier", "n-1", "secret", "token-", "?", "://", "their words"}) {
      CAPTURE(text);
      CHECK(text.find(secret) == std::string::npos);
    }
}

}  // namespace oauth_test
