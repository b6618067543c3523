#include "core/cli/admin_client.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "core/base/limits.hpp"
#include "core/cli/program.hpp"
#include "core/config/codes.hpp"
#include "core/config/parse.hpp"

namespace signalbox {
namespace {

constexpr int kPatienceS = 10;
constexpr size_t kAnswerMax = 64u << 10;

class Socket {
 public:
  explicit Socket(int family) : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{kPatienceS, 0};
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO})
      ::setsockopt(fd_, SOL_SOCKET, option, &patience, sizeof patience);
  }
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket &) = delete;
  Socket &operator=(const Socket &) = delete;

  bool connect(const io::Address &address) const { return ::connect(fd_, address.get(), address.size) == 0; }
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  // Everything, until the other side closes.
  bool receive(std::string &into) const {
    std::array<char, 16 * 1024> buffer;
    while (into.size() < kAnswerMax) {
      const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return got == 0;
      into.append(buffer.data(), static_cast<size_t>(got));
    }
    return false;
  }

 private:
  int fd_;
};

// "HTTP/1.1 202 Accepted", headers, an empty line, the body up to the end of the connection.
Result<AdminAnswer> read_answer(const std::string &bytes) {
  constexpr std::string_view kProtocol = "HTTP/1.1 ";
  AdminAnswer answer;
  const size_t head_end = bytes.find("\r\n\r\n");
  const char *digits = bytes.data() + kProtocol.size();
  if (!bytes.starts_with(kProtocol) || head_end == std::string::npos || head_end < kProtocol.size() + 3 ||
      std::from_chars(digits, digits + 3, answer.status).ptr != digits + 3)
    return Status::error("what answers there does not speak HTTP");
  answer.body = bytes.substr(head_end + 4);
  return answer;
}

// Where a server binds to every address, this machine reaches it by loopback.
void prefer_loopback(io::Address &address) {
  if (address.family() == AF_INET) {
    auto &ip = reinterpret_cast<sockaddr_in &>(address.storage);
    if (ip.sin_addr.s_addr == htonl(INADDR_ANY)) ip.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  } else if (address.family() == AF_INET6) {
    auto &ip = reinterpret_cast<sockaddr_in6 &>(address.storage);
    if (IN6_IS_ADDR_UNSPECIFIED(&ip.sin6_addr)) ip.sin6_addr = in6addr_loopback;
  }
}

}  // namespace

std::optional<io::Address> find_admin(const std::string &file, config::Diagnostics &diagnostics) {
  const Result<std::string> text = read_file(file, limits::kConfigFileMax);
  diagnostics.open(file, text.ok() ? *text : "");
  if (!text.ok()) {
    diagnostics.error(config::codes::kNotText, {}, "cannot read this file: " + text.message());
    return std::nullopt;
  }
  std::optional<config::Node> root = config::parse(*text, diagnostics);
  if (!root) return std::nullopt;
  const config::Node *admin = root->find("admin");
  const config::Node *bind = admin ? admin->find("bind") : nullptr;
  if (!bind || bind->kind != config::Node::Kind::scalar) {
    diagnostics.error(config::codes::kBind, admin ? admin->at : config::Position{1, 1, 1},
                      "the running signalbox is reached by its admin listener, and this file has none: add "
                      "admin: { bind: \"127.0.0.1:6002\" } and restart it");
    return std::nullopt;
  }
  config::Node value = *bind;
  config::interpolate(value, file, process_environment(), diagnostics);
  if (diagnostics.failed()) return std::nullopt;
  Result<io::Address> address = io::parse_bind(value.text);
  if (!address.ok()) {
    diagnostics.error(config::codes::kBind, bind->at, address.message());
    return std::nullopt;
  }
  prefer_loopback(*address);
  return *address;
}

Result<AdminAnswer> ask_admin(const io::Address &address, std::string_view method, const std::string &target,
                              std::string_view command) {
  const Socket socket(address.family());
  std::string request(method);
  request.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
  request.append("X-Signalbox-Command: ").append(command).append("\r\nContent-Length: 0\r\n\r\n");
  std::string answer;
  if (!socket.connect(address) || !socket.send(request) || !socket.receive(answer))
    return Status::error("no signalbox answers at " + address.text() + " (" + std::strerror(errno) +
                         "): start it with this file first");
  return read_answer(answer);
}

}  // namespace signalbox
