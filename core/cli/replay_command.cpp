#include "core/cli/replay_command.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <thread>

#include "core/base/limits.hpp"
#include "core/base/moment.hpp"
#include "core/cli/admin_client.hpp"
#include "core/cli/program.hpp"

namespace signalbox {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::milliseconds kPollEvery{100};

std::string percent_encoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain)
      out += c;
    else
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return out;
}

// "50/s" or "50".
std::optional<unsigned> rate_of(std::string text) {
  if (text.ends_with("/s")) text.resize(text.size() - 2);
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  const unsigned rate = static_cast<unsigned>(std::stoul(text));
  return rate > 0 && rate <= limits::kKeptReplayRateMax ? std::optional(rate) : std::nullopt;
}

// What is wrong with the command line; empty: nothing, and `target` is what to ask for.
std::string read_wish(const ReplayWish &wish, int64_t now_ns, std::string &target) {
  if (wish.since.empty() && wish.id.empty())
    return "say what to replay: --since TIME, or --id ID (nobody replays everything by accident)";
  target = "/replay?source=" + percent_encoded(wish.source);
  std::optional<int64_t> since, until;
  for (const auto &[name, text, moment] : {std::tuple{"since", &wish.since, &since}, {"until", &wish.until, &until}}) {
    if (text->empty()) continue;
    *moment = parse_moment(*text, now_ns);
    if (!*moment)
      return "--" + std::string(name) +
             " wants a time: 2026-11-23T09:30:00Z, unix seconds, or how long ago (30m, 2h, 7d)";
    const std::string nanoseconds = std::to_string(1'000'000'000 + **moment % 1'000'000'000).substr(1);
    target += "&" + std::string(name) + "=" + std::to_string(**moment / 1'000'000'000) + "." + nanoseconds;
  }
  if (since && until && *since >= *until) return "--since must be before --until";
  if (!wish.id.empty()) target += "&id=" + percent_encoded(wish.id);
  if (wish.dry_run) target += "&dry_run=1";
  if (wish.rate.empty()) return {};
  const auto rate = rate_of(wish.rate);
  if (!rate) return "--rate wants requests a second, 1/s to 10000/s";
  target += "&rate=" + std::to_string(*rate);
  return {};
}

int fail(std::ostream &err, const std::string &words) {
  err << "signalbox replay: " << words << "\n";
  return kExitFailed;
}

// An answer's JSON, if it has this status; else its own words are told.
std::optional<Json> expect(const Result<AdminAnswer> &answer, int status, std::ostream &err) {
  if (!answer.ok()) return fail(err, answer.message()), std::nullopt;
  const Json said = Json::parse(answer->body, nullptr, false);
  if (answer->status == status && said.is_object()) return said;
  const bool explained = said.is_object() && said.contains("error") && said["error"].is_string();
  fail(err, explained ? said["error"].get<std::string>()
                      : "the program at the admin address answered " + std::to_string(answer->status) +
                            ": is it a signalbox of this version?");
  return std::nullopt;
}

int tell(const Json &done, std::ostream &out, std::ostream &err) {
  const auto count = [&](const char *name) { return done.value(name, uint64_t{0}); };
  out << "{\"found\":" << count("found") << ",\"routed\":" << count("routed") << ",\"failed\":" << count("failed")
      << ",\"events\":" << count("events") << "}\n";
  if (const std::string problem = done.value("error", ""); !problem.empty())
    return fail(err, "it ended before everything was replayed: " + problem);
  if (count("failed") == 0) return kExitOk;
  return fail(err, std::to_string(count("failed")) + " of " + std::to_string(count("found")) +
                       " requests could not be replayed: the log of the running signalbox says why");
}

}  // namespace

int replay_command(const ReplayWish &wish, std::ostream &out, std::ostream &err) {
  std::string target;
  if (const std::string wrong = read_wish(wish, SystemClock().wall_ns(), target); !wrong.empty()) {
    fail(err, wrong);
    return kExitUsage;
  }
  config::Diagnostics diagnostics;
  const auto address = find_admin(wish.file, diagnostics);
  if (!address) {
    err << diagnostics.text();
    return kExitConfiguration;
  }
  const auto begun = expect(ask_admin(*address, "POST", target, "replay"), 202, err);
  if (!begun) return kExitFailed;
  const std::string page = "/replay/" + std::to_string(begun->value("replay", uint64_t{0}));
  while (true) {
    const auto now = expect(ask_admin(*address, "GET", page, "replay"), 200, err);
    if (!now) return kExitFailed;
    if (now->value("ended", false)) return tell(*now, out, err);
    std::this_thread::sleep_for(kPollEvery);
  }
}

}  // namespace signalbox
