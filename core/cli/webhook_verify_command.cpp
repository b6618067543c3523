#include "core/cli/webhook_verify_command.hpp"

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/limits.hpp"
#include "core/cli/raw_request.hpp"

namespace signalbox {
namespace {

// The last second whose nanoseconds fit.
constexpr int64_t kNowMaxS = INT64_MAX / 1'000'000'000 - 1;

int usage(const std::string &words) {
  std::fprintf(stderr, "signalbox: %s\n", words.c_str());
  return kExitUsage;
}

// Every source of the file, for the message about one that is not there.
std::string sources_of(const config::Model &model) {
  std::string names;
  for (const config::Instance &source : model.sources) names += (names.empty() ? "" : ", ") + source.name;
  return names.empty() ? "it has none" : "its sources are " + names;
}

int print(const std::string &json) {
  std::printf("%s\n", json.c_str());
  const nlohmann::json said = nlohmann::json::parse(json, nullptr, false);
  return said.is_object() && said.value("verdict", "") == "accept" ? kExitOk : kExitFailed;
}

// What no plugin is shown: the listener itself answers it.
std::string verdict_of_listener(const RawRequest &request) {
  const nlohmann::ordered_json said{
      {"verdict", "reject"},
      {"stage", "structure"},
      {"reason", request.reason},
      {"event", {{"id", ""}, {"type", ""}, {"order", ""}, {"channel", ""}, {"name", ""}, {"dedupe_key", ""}}},
      {"events", nlohmann::ordered_json::array()},
      {"key", nullptr},
      {"seconds_off", nullptr},
      {"hints", nlohmann::ordered_json::array()},
      {"reply", {{"status", request.status}, {"content_type", ""}, {"body", ""}}}};
  return said.dump();
}

}  // namespace

int webhook_verify_command(Program &program, const VerifyOptions &options) {
  if (options.now_unix_s && (*options.now_unix_s < 0 || *options.now_unix_s > kNowMaxS))
    return usage("--now wants the time in Unix seconds, as 1760000000");
  Program::Loaded loaded = program.load(options.file);
  if (!loaded.ok()) {
    std::fprintf(stderr, "%s", loaded.diagnostics.text().c_str());
    return kExitConfiguration;
  }
  Instance *source = loaded.assembly->source(options.source);
  if (!source) return usage(options.file + " has no source \"" + options.source + "\": " + sources_of(*loaded.model));
  if (!source->judges())
    return usage("the source \"" + options.source + "\" (" + source->component() +
                 ") takes no requests to be verified");
  const Result<std::string> bytes = read_file(options.request, limits::kRawRequestMax);
  if (!bytes.ok()) return usage("cannot read the request " + options.request + ": " + bytes.message());

  const RawRequest request = read_raw_request(*bytes);
  if (request.status != 0) return print(verdict_of_listener(request));
  std::vector<sbx_attr> headers;
  const sbx_request shown = as_plugins_see(request, headers);
  const int64_t now_ns = options.now_unix_s ? *options.now_unix_s * 1'000'000'000 : program.clock().wall_ns();
  const Result<std::string> json = source->judge(shown, request.body, now_ns);
  if (!json.ok()) {
    std::fprintf(stderr, "signalbox: %s\n", json.message().c_str());
    return kExitFailed;
  }
  return print(*json);
}

}  // namespace signalbox
