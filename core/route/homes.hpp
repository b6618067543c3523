// Which lane each source and filter lives on: what is joined by pipelines lives together, so that nothing crosses lanes
// before it has a position; what is not joined is spread.  Pure.
#pragma once
#include <map>
#include <string>

#include "core/config/model.hpp"

namespace signalbox {

std::map<std::string, unsigned> assign_homes(const config::Model &model, unsigned lanes);

}  // namespace signalbox
