// Keeping a store to rules that have changed since it was last open.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/log/database.hpp"
#include "core/log/retention.hpp"

namespace signalbox {

// What the rules say of the store's contents, and of which pipelines, as one text: the same text, the same rules.  (The
// channels of a pipeline that is no longer there stay until they are over their time, or it comes back.)
std::string rules_text(const ChannelRules &rules, const std::vector<std::string> &scopes);
// Removes what the rules no longer keep, in transactions of some channels each, and notes the rules at the end;
// channels that lose their row may have lost something up to `seq`.  Cut short, it begins anew at the next start.
int apply_rules(Database &database, const ChannelRules &rules, const std::string &text, uint64_t seq);

}  // namespace signalbox
