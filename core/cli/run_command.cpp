#include <csignal>
#include <cstdio>

#include "core/admin/admin.hpp"
#include "core/admin/replay_pages.hpp"
#include "core/base/fd_limit.hpp"
#include "core/base/log.hpp"
#include "core/cli/program.hpp"

namespace signalbox {
namespace {

class RunState final : public AdminState {
 public:
  RunState(const Assembly &assembly, const Metrics &metrics) : assembly_(assembly), metrics_(metrics) {}
  bool healthy() const override { return assembly_.alive(); }
  std::vector<std::string> not_ready() const override { return assembly_.not_ready(); }
  std::string metrics_text() const override {
    std::string text;
    metrics_.render(text);
    return text;
  }

 private:
  const Assembly &assembly_;
  const Metrics &metrics_;
};

ReplayRequest replay_request(const net::HttpHead &head) {
  const bool from_page = head.count("origin") > 0 || head.count("sec-fetch-site") > 0;
  return {head.method, head.path, head.query, head.header("x-signalbox-command"), from_page, head.has_body};
}

void serve_admin(Assembly &assembly, const RunState &state) {
  net::Listener *listener = assembly.listener("admin");
  if (!listener) return;
  assembly.server().endpoints[listener] = [&state, &desk = assembly.replays()](const net::HttpHead &head) {
    AdminResponse response = is_replay_page(head.path) ? respond_to_replay(replay_request(head), desk)
                                                       : respond(head.method, head.path, state);
    net::CoreAnswer answer{response.status,
                           {{"content-type", response.content_type}, {"cache-control", "no-store"}},
                           std::move(response.body)};
    if (!response.allow.empty()) answer.headers.push_back({"allow", response.allow});
    return answer;
  };
}

// Blocks until a signal that ends the program.
int wait_for_end(const sigset_t &signals) {
  for (;;) {
    int signal = 0;
    if (::sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) return signal;
    log(Level::warn, "signalbox", "SIGHUP: a running signalbox does not take a changed file yet; restart it instead");
  }
}

LogOptions log_options(const config::Log &wanted) {
  LogOptions options;
  switch (wanted.level) {
    case config::LogLevel::debug:
      options.level = Level::debug;
      break;
    case config::LogLevel::info:
      options.level = Level::info;
      break;
    case config::LogLevel::warn:
      options.level = Level::warn;
      break;
    case config::LogLevel::error:
      options.level = Level::error;
      break;
  }
  options.json = wanted.format == config::LogFormat::json;
  return options;
}

int run_until_signal(Program &program, Program::Loaded &loaded, const sigset_t &signals) {
  Assembly &assembly = *loaded.assembly;
  const RunState state(assembly, program.metrics());
  serve_admin(assembly, state);
  if (const Status started = assembly.start(); !started.ok()) {
    log(Level::error, "signalbox", started.message());
    return kExitFailed;
  }
  for (const std::string &address : assembly.addresses()) log(Level::info, "signalbox", "listening on " + address);
  log(Level::info, "signalbox", "ready");

  const int signal = wait_for_end(signals);
  log(Level::info, "signalbox", std::string("shutting down on ") + (signal == SIGINT ? "SIGINT" : "SIGTERM"));
  const int64_t deadline = program.clock().mono_ns() + loaded.model->shutdown_ms * 1'000'000;
  if (!assembly.stop(deadline)) log(Level::warn, "signalbox", "the deadline passed: what was left was cut off");
  log(Level::info, "signalbox", "ended");
  return kExitOk;
}

}  // namespace

int run_command(Program &program, const std::string &file) {
  // Blocked before any thread is made, so that every thread has them blocked and sigwait gets them all.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  Program::Loaded loaded = program.load(file);
  std::fprintf(stderr, "%s", loaded.diagnostics.text().c_str());
  if (!loaded.ok()) {
    for (const Registry::Problem &problem : program.registry().problems())
      std::fprintf(stderr, "%s\n", problem.message.c_str());
    return kExitConfiguration;
  }
  log_setup(log_options(loaded.model->log));
  for (const Registry::Problem &problem : program.registry().problems()) log(Level::warn, "signalbox", problem.message);
  log(Level::info, "signalbox",
      "the limit of open files is " + std::to_string(raise_fd_limit()) + ": each connection takes one");
  const int code = run_until_signal(program, loaded, signals);
  loaded.assembly.reset();
  log_finish();
  return code;
}

}  // namespace signalbox
