#include "core/base/log.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "core/base/text.hpp"

using namespace signalbox;

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMorning = 1795425 * int64_t{1000} * kSecond + 123 * kSecond / 1000;

std::string text_line(std::string_view component, std::string_view text, LogFields fields = {}) {
  return format_log_line(false, kMorning, Level::info, component, text, fields);
}
std::string json_line(std::string_view component, std::string_view text, LogFields fields = {}) {
  return format_log_line(true, kMorning, Level::warn, component, text, fields);
}

// The log writes into a temporary file instead of stderr; ends again when the test does.
class Captured {
 public:
  explicit Captured(LogOptions options) : file_(std::tmpfile()) {
    REQUIRE(file_ != nullptr);
    options.stream = file_;
    log_setup(options);
  }
  Captured(const Captured &) = delete;
  Captured &operator=(const Captured &) = delete;
  ~Captured() {
    log_setup(LogOptions{});
    log_finish();
    std::fclose(file_);
  }
  std::vector<std::string> lines() {
    log_finish();
    std::string all;
    std::rewind(file_);
    for (int c; (c = std::fgetc(file_)) != EOF;) all += static_cast<char>(c);
    std::vector<std::string> out;
    for (std::string_view line : split(all, '\n'))
      if (!line.empty()) out.emplace_back(line);
    return out;
  }

 private:
  std::FILE *file_;
};

}  // namespace

TEST_CASE("a text line has time, level, component, text and fields") {
  CHECK(text_line("redis/laravel", "subscribed", {{"patterns", "2"}, {"url", "redis://a b"}}) ==
        "2026-11-23T09:10:00.123Z info  redis/laravel: subscribed patterns=2 url=\"redis://a b\"");
  CHECK(format_log_line(false, 0, Level::error, "x", "y", {}) == "1970-01-01T00:00:00.000Z error x: y");
  CHECK(format_log_line(false, -1, Level::debug, "x", "y", {}) == "1969-12-31T23:59:59.999Z debug x: y");
}

TEST_CASE("a JSON line is one object") {
  CHECK(json_line("redis/laravel", "said \"no\"", {{"code", "7"}}) ==
        R"({"time":"2026-11-23T09:10:00.123Z","level":"warn","component":"redis/laravel",)"
        R"("text":"said \"no\"","code":"7"})");
}

TEST_CASE("nothing that a client sent can forge a line") {
  const std::string_view hostile = "x\n2026-11-23T09:30:00.123Z error core: all is lost\r\x1b[31m\xff";
  for (const std::string &line :
       {text_line("c", hostile), text_line(hostile, "t"), text_line("c", "t", {{"k", hostile}}),
        json_line("c", hostile), json_line("c", "t", {{"k", hostile}})}) {
    CAPTURE(line);
    CHECK(std::none_of(line.begin(), line.end(), [](char c) { return c >= 0 && c < ' '; }));
    CHECK(valid_utf8(line));
  }
}

TEST_CASE("a field's value cannot pretend to be another field") {
  CHECK(text_line("c", "t", {{"user", "eve\" admin=\"yes"}}) ==
        "2026-11-23T09:10:00.123Z info  c: t user=\"eve\\\" admin=\\\"yes\"");
  CHECK(text_line("c", "t", {{"user", "a=b"}, {"empty", ""}}) ==
        "2026-11-23T09:10:00.123Z info  c: t user=\"a=b\" empty=\"\"");
}

TEST_CASE("a line longer than the limit is cut and says so") {
  const std::string big(limits::kLogTextMax + 1, 'x');
  const std::string line = text_line("c", big);
  CHECK(line.size() < limits::kLogTextMax + 100);
  CHECK(line.find("... (4097 bytes)") != std::string::npos);
}

TEST_CASE("the level decides what is written") {
  CHECK(parse_level("warn") == Level::warn);
  CHECK_FALSE(parse_level("WARNING"));
  Captured captured({Level::warn, false});
  CHECK(log_enabled(Level::error));
  CHECK_FALSE(log_enabled(Level::info));
  log(Level::info, "a", "quiet");
  log(Level::warn, "a", "loud {} %v");
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].substr(24) == " warn  a: loud {} %v");
}

TEST_CASE("lines of many threads come out whole") {
  Captured captured({Level::info, true});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 250; ++i) log(Level::info, "thread", std::string(100, static_cast<char>('a' + t)));
    });
  for (std::thread &thread : threads) thread.join();
  const auto lines = captured.lines();
  CHECK(lines.size() == 1000);
  for (const std::string &line : lines) {
    REQUIRE(line.substr(0, 9) == "{\"time\":\"");
    REQUIRE(line.substr(line.size() - 2) == "\"}");
    const std::string text = line.substr(line.size() - 102, 100);
    REQUIRE(text == std::string(100, text[0]));
  }
}

TEST_CASE("lines after the log has ended are still written") {
  Captured captured({Level::info, false});
  log_finish();
  log(Level::info, "a", "late");
  CHECK(captured.lines().size() == 1);
}

TEST_CASE("a reader that has stopped holds up neither those who log nor the end") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::signal(SIGPIPE, SIG_IGN);
  std::FILE *stuck = ::fdopen(ends[1], "w");
  log_setup({Level::info, false, stuck});
  // Far more than a pipe and the queue hold.
  for (size_t i = 0; i < 2 * limits::kLogQueueLines; ++i) log(Level::info, "noisy", std::string(200, 'x'));
  log_finish();
  CHECK_FALSE(log_enabled(Level::error));
  log(Level::error, "noisy", "this would wait for ever");
  ::close(ends[0]);  // lets the log's thread end; the FILE stays its own

  Captured captured({Level::info, false});
  log(Level::info, "a", "and the next log works");
  CHECK(captured.lines().size() == 1);
}

TEST_CASE("a limiter lets some lines a second through and counts the rest") {
  LogLimiter limiter(3);
  int written = 0;
  for (int i = 0; i < 10; ++i) {
    const auto verdict = limiter.check(kSecond + i);
    written += verdict.write;
    CHECK(verdict.left_out == 0);
  }
  CHECK(written == 3);
  const auto next = limiter.check(2 * kSecond);
  CHECK(next.write);
  CHECK(next.left_out == 7);
  CHECK(limiter.check(2 * kSecond + 1).left_out == 0);
  CHECK(limiter.take_left_out() == 0);
}

TEST_CASE("what a limiter left out can be taken by an owner that goes") {
  LogLimiter limiter(1);
  limiter.check(0);
  limiter.check(1);
  limiter.check(2);
  CHECK(limiter.take_left_out() == 2);
  CHECK(limiter.check(kSecond).left_out == 0);
}

TEST_CASE("a line that a limiter has no room for counts as left out without being made") {
  LogLimiter limiter(2);
  int written = 0;
  for (int i = 0; i < 10; ++i)
    if (limiter.has_room(kSecond + i)) written += limiter.check(kSecond + i).write;
  CHECK(written == 2);
  CHECK(limiter.has_room(2 * kSecond));
  CHECK(limiter.has_room(2 * kSecond));  // asking takes no room
  const auto next = limiter.check(2 * kSecond);
  CHECK(next.write);
  CHECK(next.left_out == 8);
}

TEST_CASE("log_limited tells what it left out in one line") {
  Captured captured({Level::info, false});
  LogLimiter limiter(2);
  for (int i = 0; i < 5; ++i) log_limited(limiter, i, Level::info, "noisy", "line " + std::to_string(i));
  for (int i = 0; i < 50; ++i) log_limited(limiter, i, Level::debug, "noisy", "not enabled, not counted");
  log_limited(limiter, kSecond, Level::info, "noisy", "line 5");
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 4);
  CHECK(lines[1].substr(24) == " info  noisy: line 1");
  CHECK(lines[2].substr(24) == " warn  noisy: 3 more lines left out");
  CHECK(lines[3].substr(24) == " info  noisy: line 5");
}
