// Any request to any preset: a verdict is reached, and what is accepted is an event that the host would take.  The
// first byte chooses the preset; then come query, headers and body, as lines.
#include <algorithm>
#include <cstdlib>
#include <sbx/json_scan.hpp>

#include "tests/webhook_engine/vectors.hpp"

namespace {

using webhook::CallbackRequest;
using webhook::Verifier;

void want(bool holds) {
  if (!holds) std::abort();
}

std::string_view line(std::string_view &rest) {
  const std::string_view taken = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(taken.size() + 1, rest.size()));
  return taken;
}

const std::vector<Verifier> &verifiers() {
  static const std::vector<Verifier> all = [] {
    std::vector<Verifier> made;
    for (const std::string &preset : webhook::preset_names()) {
      webhook::EventTemplates templates;
      for (const char *text : {"pay.{order}", "{/a/b}.{type}", "rest"})
        templates.channel.push_back(*webhook::EventTemplate::read(text));
      made.push_back(webhook_test::verifier(preset, webhook_test::secrets_of(preset), templates));
    }
    return made;
  }();
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  const Verifier &verifier = verifiers()[data[0] % verifiers().size()];
  std::string_view rest(reinterpret_cast<const char *>(data + 1), size - 1);
  CallbackRequest r;
  r.method = data[0] >= 0x80 ? "GET" : "POST";
  r.path = "/hooks";
  r.query = line(rest);
  for (std::string_view header = line(rest); !header.empty() && r.headers.size() < 32; header = line(rest)) {
    const size_t colon = std::min(header.find(':'), header.size());
    r.headers.emplace_back(header.substr(0, colon), header.substr(std::min(colon + 1, header.size())));
  }
  r.body = rest;
  const webhook::Verdict verdict = verifier.verify(r, webhook_test::kNow);
  if (!verdict.accepted()) {
    want(verdict.events.empty() && verdict.challenge.empty() && !verdict.reason.empty());
    return 0;
  }
  for (const webhook::CallbackEvent &e : verdict.events) {
    if (verdict.question) continue;  // not yet one that the host would take
    want(!e.channel.empty() && e.channel.size() <= 1024 && sbx::json::valid_utf8(e.channel));
    want(!e.name.empty() && e.name.size() <= 1024 && sbx::json::valid_utf8(e.name));
    want(sbx::json::valid(e.data));
    want(!e.dedupe_key.empty() && e.dedupe_key.size() <= 512);
  }
  return 0;
}
