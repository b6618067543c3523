// The admin listener's pages for the command `signalbox replay`: POST /replay?source=...&since=...&until=...&id=...&
// dry_run=1&rate=N begins one and is answered 202 {"replay":N}; GET /replay/N tells how far it is.  A browser can be
// made to send requests to any address, so these pages want a header that no page can set without asking first, and
// refuse whatever a browser marks as a page's.  Pure but for the desk.
#pragma once
#include <string>
#include <string_view>

#include "core/admin/admin.hpp"
#include "core/route/replay_desk.hpp"

namespace signalbox {

struct ReplayRequest {
  std::string_view method, path, query;
  std::string_view command;  // the header X-Signalbox-Command
  bool from_page = false;    // it has an Origin or a Sec-Fetch-Site
  bool has_body = false;
};

bool is_replay_page(std::string_view path);
AdminResponse respond_to_replay(const ReplayRequest &request, ReplayDesk &desk);

}  // namespace signalbox
