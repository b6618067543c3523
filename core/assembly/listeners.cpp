// The assembly's listeners: made of the model, opened, their certificates kept fresh.
#include <algorithm>
#include <filesystem>

#include "core/assembly/assembly.hpp"
#include "core/base/log.hpp"
#include "core/config/codes.hpp"
#include "core/io/acceptor.hpp"

namespace signalbox {
namespace {

constexpr int64_t kCertificateCheckNs = 2'000'000'000;

net::ListenerOptions options_of(const config::Listener &wanted) {
  net::ListenerOptions options;
  options.name = wanted.name;
  options.bind = wanted.bind;
  if (wanted.tls) options.certificate = wanted.tls->certificate, options.key = wanted.tls->key;
  options.origins = wanted.origins;
  options.trusted_proxies = wanted.trusted_proxies;
  options.files = wanted.files;
  options.limits = {wanted.limits.connections, wanted.limits.per_ip,  wanted.limits.body,
                    wanted.limits.message,     wanted.limits.headers, wanted.limits.handshake_ms * 1'000'000};
  return options;
}

}  // namespace

bool Assembly::make_listeners(const config::Model &model, config::Diagnostics &diagnostics) {
  bool all = true;
  auto make = [&](const net::ListenerOptions &options, config::Position position) {
    Result<std::unique_ptr<net::Listener>> made = net::Listener::make(options, world_.metrics);
    if (made.ok()) {
      world_.listeners.emplace(options.name, made.take());
      return;
    }
    diagnostics.error(config::codes::kListener, position, made.message());
    all = false;
  };
  for (const config::Listener &wanted : model.listeners) {
    net::ListenerOptions options = options_of(wanted);
    // The browsers' helper, unless the file has something of its own there.
    const std::string helper = world_.share_directory + "/signalbox.js";
    const auto is_helper = [](const auto &file) { return file.first == "/signalbox.js"; };
    if (std::none_of(options.files.begin(), options.files.end(), is_helper) && std::filesystem::exists(helper))
      options.files.emplace_back("/signalbox.js", helper);
    make(options, wanted.position);
  }
  if (model.admin) {
    net::ListenerOptions options;
    options.name = "admin";
    options.bind = model.admin->bind;
    make(options, model.admin->position);
  }
  return all;
}

Status Assembly::listen() {
  for (auto &[name, listener] : world_.listeners) {
    Result<io::Address> address = io::parse_bind(listener->bind());
    if (!address.ok()) return address.status();
    const bool unix_socket = address->family() == AF_UNIX;
    Result<std::vector<int>> fds = io::listen_on(*address, world_.lanes);
    if (!fds.ok()) return Status::error("listener \"" + name + "\": " + fds.message());
    addresses_.push_back(name + " " + (unix_socket ? address->text() : io::local_address(fds->front()).text()));
    for (size_t lane = 0; lane < fds->size(); ++lane) lanes_[lane]->server.accept(*listener, (*fds)[lane], unix_socket);
  }
  return {};
}

void Assembly::watch_certificates() {
  for (auto &[name, listener] : world_.listeners) {
    if (!listener->tls()) continue;
    lanes_[0]->lane.timer(kCertificateCheckNs, kCertificateCheckNs, [at = listener.get()](io::TimerId) {
      const Result<bool> changed = at->reload_certificate();
      if (!changed.ok())
        log(Level::error, "listener/" + at->name(), changed.message());
      else if (*changed)
        log(Level::info, "listener/" + at->name(), "the certificate was reloaded");
    });
  }
}

}  // namespace signalbox
