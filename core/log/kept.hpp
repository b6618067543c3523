// Reading what was kept beside events: the requests that they were made of.  The log's reading thread; a connection for
// each page, because it is asked for about once a year.
#pragma once
#include <string>

#include "core/base/status.hpp"
#include "core/log/event_log.hpp"

namespace signalbox {

// `path`: of a store that is open, in this format.
Result<KeptPage> read_kept(const std::string &path, const KeptQuery &query);

}  // namespace signalbox
