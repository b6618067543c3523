// What only shows once the instances are there: pipelines that promise something which one of their parts does not
// keep. Main thread, before anything starts; it is also what `check` tells.
#pragma once
#include <functional>
#include <string>

#include "core/config/diagnose.hpp"
#include "core/config/model.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/registry.hpp"

namespace signalbox {

// Any shard of the instance of this name.
using FindInstance = std::function<const Instance *(const std::string &name)>;

// REQUIRES: every part that the model names was created
void check_pipelines(const config::Model &model, const Registry &registry, const FindInstance &find,
                     config::Diagnostics &diagnostics);

}  // namespace signalbox
