// Where clients come in: addresses, networks and origins as they are written.
#include <map>

#include "core/base/bind_address.hpp"
#include "core/config/address.hpp"
#include "core/config/codes.hpp"
#include "core/config/draft.hpp"
#include "core/config/format.hpp"
#include "core/config/text.hpp"

namespace signalbox::config {
namespace {

using Binds = std::map<std::string, std::string>;

void check_bind(Draft &draft, const std::string &pointer, const std::string &text, const std::string &owner,
                Binds &binds) {
  if (text.empty()) return;
  Result<BindAddress> bind = parse_bind_address(text);
  if (!bind.ok()) {
    draft.complain(codes::kBind, pointer, "\"bind\" cannot be ", ": " + bind.message());
    return;
  }
  bool any_port = bind->path.empty() && bind->port == 0;
  auto [known, fresh] = binds.try_emplace(bind->canonical(), owner);
  if (fresh || any_port) return;
  draft.complain(codes::kSameBind, pointer, owner + " binds to ",
                 " as " + known->second + " does; give one of them another port");
}

void check_each(Draft &draft, const std::string &pointer, const std::vector<std::string> &texts, const char *code,
                Status (*check)(std::string_view)) {
  for (size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].empty() && draft.at(pointer + '/' + std::to_string(i)).broken) continue;
    if (Status status = check(texts[i]); !status.ok()) {
      draft.complain(code, pointer + '/' + std::to_string(i), "", " cannot be used: " + status.message());
    }
  }
}

}  // namespace

void check_listeners(Draft &draft) {
  Binds binds;
  for (const Listener &listener : draft.model.listeners) {
    std::string pointer = "/listeners" + pointer_step(listener.name);
    check_bind(draft, pointer + "/bind", listener.bind, "listener \"" + printable(listener.name, 64) + '"', binds);
    check_each(draft, pointer + "/origins", listener.origins, codes::kOrigin, check_origin);
    check_each(draft, pointer + "/trusted_proxies", listener.trusted_proxies, codes::kNetwork, check_network);
    for (const Entry &entry : draft.at(pointer + "/files").entries) {
      if (fits(Format::path, entry.key)) continue;
      draft.diagnostics.error(codes::kServedFiles, entry.at,
                              '"' + printable(entry.key, 64) +
                                  "\" is no URL path; under \"files\" stand lines such as /index.html: ./index.html");
    }
  }
  if (draft.model.admin) check_bind(draft, "/admin/bind", draft.model.admin->bind, "\"admin\"", binds);
}

}  // namespace signalbox::config
