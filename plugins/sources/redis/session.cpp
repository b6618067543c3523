#include "plugins/sources/redis/session.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "plugins/sources/redis/excerpt.hpp"

namespace redis {
namespace {

constexpr size_t kNamesPerCommand = 512;  // Redis handles a command in one go; others wait meanwhile

}  // namespace

Session::Session(const SessionOptions &options, const Subscriptions &subscriptions, Port &port)
    : options_(options), subscriptions_(subscriptions), port_(port), reader_(options.payload_max) {}

void Session::command(const std::vector<std::string_view> &words) {
  std::vector<const char *> argv;
  std::vector<size_t> sizes;
  for (std::string_view w : words) argv.push_back(w.data()), sizes.push_back(w.size());
  char *bytes = nullptr;
  int n = redisFormatCommandArgv(&bytes, static_cast<int>(argv.size()), argv.data(), sizes.data());
  if (n < 0) throw std::bad_alloc();
  port_.send({bytes, static_cast<size_t>(n)});
  redisFreeCommand(bytes);
}

void Session::opened(int64_t now_ns) {
  opened_ns_ = heard_ns_ = now_ns;
  if (options_.username.empty() && options_.password.empty()) return select();
  state_ = State::kAuth;
  if (options_.username.empty())
    command({"AUTH", options_.password});
  else
    command({"AUTH", options_.username, options_.password});
}

// Pub/sub knows no databases; SELECT shows that the user may use the one that the URL names.
void Session::select() {
  if (options_.db == 0) return subscribe();
  state_ = State::kSelect;
  command({"SELECT", std::to_string(options_.db)});
}

void Session::subscribe() {
  state_ = State::kSubscribe;
  auto send_all = [this](std::string_view verb, const std::vector<std::string> &names) {
    for (size_t from = 0; from < names.size(); from += kNamesPerCommand) {
      std::vector<std::string_view> words{verb};
      size_t to = std::min(names.size(), from + kNamesPerCommand);
      for (size_t i = from; i < to; ++i) words.push_back(names[i]);
      command(words);
    }
  };
  unconfirmed_channels_.insert(subscriptions_.channels().begin(), subscriptions_.channels().end());
  unconfirmed_patterns_.insert(subscriptions_.patterns().begin(), subscriptions_.patterns().end());
  send_all("SUBSCRIBE", subscriptions_.channels());
  send_all("PSUBSCRIBE", subscriptions_.patterns());
}

void Session::receive(int64_t now_ns, std::string_view bytes) {
  heard_ns_ = now_ns;
  pinged_ns_ = 0;  // whatever came, the peer lives
  while (state_ != State::kFailed) {
    RespReader::Step step = reader_.next(bytes);
    if (step == RespReader::Step::kMore) return;
    if (step == RespReader::Step::kBroken)
      return fail("the peer does not speak Redis's protocol (" + excerpt(reader_.error()) + ")");
    handle(reader_.reply());
  }
}

void Session::handle(const Reply &r) {
  if (r.type == Reply::kError) return handle_error(r.fields[0]);
  if (r.type == Reply::kArray) return handle_pushed(r);
  bool ok = r.type == Reply::kStatus && r.fields[0] == "OK";
  if (state_ == State::kAuth && ok) return select();
  if (state_ == State::kSelect && ok) return subscribe();
  if (state_ == State::kLive && r.type == Reply::kStatus) return;  // +PONG of a proxy
  fail("the peer answered what was not asked; is it really Redis?");
}

void Session::handle_pushed(const Reply &r) {
  const auto &f = r.fields;
  const std::string_view kind = r.count > 0 ? std::string_view(f[0]) : std::string_view();
  bool subscribing = state_ == State::kSubscribe || state_ == State::kLive;
  bool message = kind == "message" && r.count == 3, pmessage = kind == "pmessage" && r.count == 4;
  if (subscribing && (message || pmessage)) {
    const std::string &channel = f[r.count - 2];
    if (!subscriptions_.wanted(pmessage ? std::string_view(f[1]) : std::string_view(), channel))
      return port_.repeated();
    const std::string &payload = f[r.count - 1];
    return port_.message({channel, payload, r.too_big, r.too_big ? r.size : payload.size()});
  }
  if (subscribing && (kind == "subscribe" || kind == "psubscribe") && r.count == 3) return confirm(kind, f[1]);
  if (state_ == State::kLive && kind == "pong") return;
  fail("the peer pushed what was not subscribed to; is it really Redis?");
}

void Session::confirm(std::string_view kind, const std::string &name) {
  auto &waiting = kind == "subscribe" ? unconfirmed_channels_ : unconfirmed_patterns_;
  waiting.erase(name);
  if (state_ == State::kLive || !unconfirmed_channels_.empty() || !unconfirmed_patterns_.empty()) return;
  state_ = State::kLive;
  port_.subscribed();
}

void Session::handle_error(const std::string &text) {
  if (state_ != State::kLive) return fail(explain(text));
  // Only a PING can be answered with an error now: the user may not use it, or a proxy does not know it.  It lives.
  if (!std::exchange(told_ping_refused_, true)) port_.warn("PING is refused: " + excerpt(text));
}

// Errors of Redis in words that say what to do.  What it says of AUTH is not repeated: some versions quote the
// arguments of a command that they refuse.
std::string Session::explain(const std::string &error) const {
  std::string code = error.substr(0, error.find(' '));
  if (code == "WRONGPASS" || (state_ == State::kAuth && error.find("invalid password") != std::string::npos))
    return "redis refused the user or password (" + excerpt(code) + "); check username, password and url";
  if (code == "NOAUTH") return "redis wants a password; set password (and username for an ACL user)";
  if (code == "NOPERM")
    return "the redis user may not do this; it needs +subscribe +psubscribe +ping and the channels (&pattern): " +
           (state_ == State::kAuth ? excerpt(code) : excerpt(error));
  if (code == "LOADING") return "redis is still loading its data; it will be tried again";
  if (code == "MASTERDOWN") return "this redis replica has lost its master; it will be tried again";
  if (state_ == State::kAuth) {
    bool none_set = error.find("no password is set") != std::string::npos ||
                    error.find("without any password configured") != std::string::npos;
    if (none_set) return "redis has no password set, but one is configured here; remove it or set one in redis";
    if (!options_.username.empty() && error.find("wrong number of arguments") != std::string::npos)
      return "this redis is older than 6 and knows no users; remove username";
    return "redis refused AUTH (" + excerpt(code) + ")";
  }
  return "redis answered: " + excerpt(error);
}

void Session::fail(std::string_view why) {
  state_ = State::kFailed;
  port_.failed(why);
}

int64_t Session::deadline_ns() const {
  switch (state_) {
    case State::kNew:
    case State::kFailed:
      return std::numeric_limits<int64_t>::max();
    case State::kLive:
      return pinged_ns_ ? pinged_ns_ + options_.ping_timeout_ns : heard_ns_ + options_.ping_interval_ns;
    default:
      return opened_ns_ + options_.setup_timeout_ns;
  }
}

void Session::tick(int64_t now_ns) {
  if (now_ns < deadline_ns()) return;
  if (state_ != State::kLive) return fail("redis did not confirm the subscriptions in time");
  if (pinged_ns_) return fail("redis did not answer PING in time");
  pinged_ns_ = now_ns;
  command({"PING"});
}

}  // namespace redis
