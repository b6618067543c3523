// sbx.http_client/1: requests to servers that the configuration names.
#include <algorithm>

#include "core/base/limits.hpp"
#include "core/event/event.hpp"
#include "core/net/http_client.hpp"
#include "core/plugin/abi_read.hpp"
#include "core/plugin/instance.hpp"

namespace signalbox {
namespace {

using FetchedFn = void (*)(void *, sbx_id, const sbx_fetched *) SBX_NX;

sbx_str lend(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

sbx_status status_of(net::FetchEnd end) {
  switch (end) {
    case net::FetchEnd::answered:
      return SBX_OK;
    case net::FetchEnd::refused:
      return SBX_EREFUSED;
    case net::FetchEnd::timed_out:
      return SBX_ETIMEOUT;
    case net::FetchEnd::protocol:
      return SBX_EPROTO;
    case net::FetchEnd::too_big:
      return SBX_ETOOBIG;
    case net::FetchEnd::closed:
      return SBX_ECLOSED;
  }
  return SBX_EINTERNAL;
}

void hand_over(const net::Fetched &fetched, sbx_id id, FetchedFn fn, void *user) {
  std::vector<sbx_attr> headers;
  headers.reserve(fetched.answer.headers.size());
  for (const net::HttpHeader &h : fetched.answer.headers) headers.push_back({lend(h.name), lend(h.value)});
  sbx_fetched out{};
  out.size = sizeof out;
  out.status = status_of(fetched.end);
  out.http_status = static_cast<uint32_t>(fetched.answer.status);
  out.headers = headers.data();
  out.header_count = headers.size();
  out.body = lend(fetched.answer.body);
  out.text = lend(fetched.text);
  fn(user, id, &out);
}

// Nothing if it cannot be sent; HttpClient checks what is written.
std::optional<net::ClientRequest> read_request(const sbx_fetch &fetch) {
  if (fetch.flags != 0 || fetch.header_count > limits::kHttpHeadersMax || (!fetch.headers && fetch.header_count > 0) ||
      fetch.body.len > limits::kFetchBodyMax || text(fetch.ca).find('\0') != std::string_view::npos)
    return std::nullopt;
  std::optional<net::HttpUrl> url = net::parse_http_url(text(fetch.url));
  if (!url) return std::nullopt;
  net::ClientRequest out;
  out.request.method = text(fetch.method);
  out.request.url = std::move(*url);
  for (size_t i = 0; i < fetch.header_count; ++i)
    out.request.headers.push_back({std::string(text(fetch.headers[i].key)), std::string(text(fetch.headers[i].value))});
  out.request.body = text(fetch.body);
  out.timeout_ns = fetch.timeout_ns;
  out.body_max = fetch.body_max;
  out.ca = text(fetch.ca);
  return out;
}

}  // namespace

struct HostHttpClient {
  static sbx_id fetch(const sbx_host *host, const sbx_fetch *given, FetchedFn fn, void *user) noexcept {
    Instance &self = Instance::of(host);
    if (!given || !fn || !self.self_) return 0;  // without self_ it is in create()
    std::optional<net::ClientRequest> request = read_request(read_table(*given));
    if (!request) return 0;
    if (!self.http_client_)
      self.http_client_ = std::make_unique<net::HttpClient>(self.lane_.lane, size_t{SBX_FETCHES_MAX});
    return self.http_client_->fetch(std::move(*request), [fn, user](uint64_t id, const net::Fetched &fetched) {
      hand_over(fetched, id, fn, user);
    });
  }

  static sbx_status cancel(const sbx_host *host, sbx_id id) noexcept {
    Instance &self = Instance::of(host);
    return self.http_client_ && self.http_client_->cancel(id) ? SBX_OK : SBX_ESTALE;
  }
};

const sbx_http_client kHostHttpClient{sizeof(sbx_http_client), 0, HostHttpClient::fetch, HostHttpClient::cancel};

}  // namespace signalbox
