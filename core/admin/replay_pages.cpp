#include "core/admin/replay_pages.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/base/limits.hpp"
#include "core/base/moment.hpp"
#include "core/base/text.hpp"

namespace signalbox {
namespace {

constexpr std::string_view kPage = "/replay";

AdminResponse json(int status, const std::string &body) { return {status, "application/json", body + "\n", {}}; }

AdminResponse problem(int status, std::string_view words) {
  std::string body = "{\"error\":";
  append_json_string(body, words);
  return json(status, body + "}");
}

std::optional<uint64_t> number_of(std::string_view text) {
  uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// What is wrong with one field, or nothing.
std::string_view take_field(std::string_view name, const std::string &value, int64_t now_ns, ReplayOrder &order) {
  if (name == "source") return order.source = value, "";
  if (name == "id") return order.id = value, "";
  if (name == "since" || name == "until") {
    const auto moment = parse_moment(value, now_ns);
    if (!moment) return "since and until are RFC 3339, unix seconds, or how long ago (2h, 30m)";
    (name == "since" ? order.since_ns : order.until_ns) = *moment;
    return "";
  }
  if (name == "dry_run") return order.dry_run = value == "1", "";
  if (name != "rate") return "the query has a field that is not known";
  const auto rate = number_of(value);
  if (!rate || *rate == 0 || *rate > limits::kKeptReplayRateMax) return "rate is a number from 1 to 10000";
  order.per_second = static_cast<uint32_t>(*rate);
  return "";
}

std::string_view read_order(std::string_view query, int64_t now_ns, ReplayOrder &order) {
  bool since = false;
  order.until_ns = now_ns;
  for (const std::string_view field : split(query, '&')) {
    const size_t equals = std::min(field.find('='), field.size());
    const auto value = percent_decode(field.substr(std::min(equals + 1, field.size())));
    if (!value) return "the query is not percent-encoded as it must be";
    const std::string_view wrong = take_field(field.substr(0, equals), *value, now_ns, order);
    if (!wrong.empty()) return wrong;
    since |= field.starts_with("since=");
  }
  if (order.source.empty()) return "the query names no source";
  if (!since && order.id.empty())
    return "the query has neither since nor id, and nobody replays everything by accident";
  return "";
}

AdminResponse begin(const ReplayRequest &request, ReplayDesk &desk) {
  using Answer = ReplayStart::Answer;
  if (request.has_body) return problem(400, "a replay is asked for by the query alone: leave the body out");
  ReplayOrder order;
  const std::string_view wrong = read_order(request.query, desk.wall_ns(), order);
  if (!wrong.empty()) return problem(400, wrong);
  const ReplayStart start = desk.begin(order);
  switch (start.answer) {
    case Answer::begun:
      return json(202, "{\"replay\":" + std::to_string(start.number) + "}");
    case Answer::busy:
      return problem(409, "another replay is under way: wait for its end");
    case Answer::unknown:
      return problem(404, "the running signalbox has no source " + excerpt(order.source));
    case Answer::keeps_nothing:
      return problem(422, "the source " + excerpt(order.source) + " keeps no requests: set keep_raw: true there");
    case Answer::no_store:
      return problem(422, "there is no store, so nothing was kept: set store.path");
    case Answer::stopping:
      break;
  }
  return problem(503, "signalbox is shutting down");
}

AdminResponse progress(std::string_view number_text, ReplayDesk &desk) {
  const auto number = number_of(number_text);
  const auto found = number ? desk.progress(*number) : std::nullopt;
  if (!found) return problem(404, "there is no such replay (any more)");
  std::string body = "{\"ended\":" + std::string(found->ended ? "true" : "false") +
                     ",\"found\":" + std::to_string(found->found) + ",\"routed\":" + std::to_string(found->routed) +
                     ",\"failed\":" + std::to_string(found->failed) + ",\"events\":" + std::to_string(found->events);
  if (!found->problem.empty()) {
    body += ",\"error\":";
    append_json_string(body, found->problem);
  }
  return json(200, body + "}");
}

}  // namespace

bool is_replay_page(std::string_view path) {
  return path.starts_with(kPage) && (path.size() == kPage.size() || path[kPage.size()] == '/');
}

AdminResponse respond_to_replay(const ReplayRequest &request, ReplayDesk &desk) {
  // One answer, whatever is the matter: a page must not learn from it whether there is something here.
  if (request.command != "replay" || request.from_page)
    return problem(403, "this page is for the command signalbox replay");
  const bool one = request.path.size() > kPage.size();
  if (request.method == (one ? "GET" : "POST"))
    return one ? progress(request.path.substr(kPage.size() + 1), desk) : begin(request, desk);
  AdminResponse refused = problem(405, "a replay is begun by POST /replay and looked at by GET /replay/NUMBER");
  refused.allow = one ? "GET" : "POST";
  return refused;
}

}  // namespace signalbox
