// An event as a row of the store, and back.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/event/event.hpp"
#include "core/log/database.hpp"

namespace signalbox {

// Attributes as bytes: for each its key and its value, with their lengths (32 bits, little endian) before them.
std::string attrs_bytes(const sbx_event &event);

// Columns that event_of_row() wants, in this order.
#define SIGNALBOX_EVENT_COLUMNS "seq, wall_ns, flags, name, data, id, except_id, attrs"
// Nothing: the row is damaged.
std::optional<EventPtr> event_of_row(const Statement &row, std::string_view channel, uint64_t epoch, uint32_t scope);

}  // namespace signalbox
