#include "plugins/sources/echo_api/options.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace echo_api {
namespace {

using Json = nlohmann::json;

// Shorter ones can be tried out over the network.
constexpr size_t kKeyAdvised = 16;

// RFC 9110 section 5.5: what a header's value can carry without being changed on the way.
bool can_travel(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// True: it can be used.
bool judge_client(sbx::Host host, const std::string &where, const Client &client) {
  const char *problem = nullptr;
  if (client.app_id.empty())
    host.problem(where + "/app_id", problem = "the app's id is empty; it is the part of the path behind /apps/");
  if (client.key.empty())
    host.problem(where + "/key", problem = "the key is empty, so anybody could publish; set one");
  else if (!can_travel(client.key))
    host.problem(where + "/key",
                 problem = "no request can show this key: a header carries only visible ASCII without blanks");
  else if (client.key.size() < kKeyAdvised)
    host.warning(where + "/key",
                 "the key has fewer than 16 characters and could be guessed; take a longer, random one");
  return !problem;
}

// Ids that are digits are numbers to YAML.
std::string id_text(const Json &id) { return id.is_string() ? id.get<std::string>() : id.dump(); }

}  // namespace

std::optional<Options> read_options(sbx::Host host, std::string_view config_json) {
  const Json with = Json::parse(config_json);
  Options o;
  o.listener = with.value("listener", "");
  // The host fills in defaults from the schema; the ones here are the same, so that tests can leave them out.
  o.path = with.value("path", "/apps");
  o.body_max = with.value("body", uint64_t{1} << 20);
  o.requests_max = with.value("requests_max", size_t{256});
  o.status = with.value("status", true);
  bool fine = true;
  const auto problem = [&](const char *where, const char *what) {
    host.problem(where, what);
    fine = false;
  };
  const Json clients = with.value("clients", Json::array());
  for (size_t i = 0; i < clients.size(); ++i) {
    o.clients.push_back({id_text(clients[i].value("app_id", Json(""))), clients[i].value("key", "")});
    fine = judge_client(host, "/clients/" + std::to_string(i), o.clients.back()) && fine;
  }
  if (o.clients.empty()) problem("/clients", "no client is given, so nobody could call; give one with app_id and key");
  if (o.path.size() < 2 || o.path[0] != '/' || o.path.back() == '/')
    problem("/path", "a path begins with / and does not end with one, as /apps");
  if (o.body_max == 0) problem("/body", "nothing at all would fit; 1MiB is usual");
  if (!fine) return std::nullopt;
  return o;
}

}  // namespace echo_api
