// Fills in ${NAME}, ${NAME:-default} and ${file:/path} in the values of a tree, never in its text or its keys, so that
// no variable can change the shape of the file.  `$$` is a dollar.  The world comes in through Environment: this code
// reads neither environment nor files.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "core/base/status.hpp"
#include "core/config/diagnose.hpp"
#include "core/config/node.hpp"

namespace signalbox::config {

struct Environment {
  std::function<std::optional<std::string>(const std::string &name)> variable;
  // The content of a file of at most limits::kSecretFileMax bytes; the message of a failure says why in a few words.
  std::function<Result<std::string>(const std::string &path)> file;
};

// Paths of ${file:...} are relative to the folder of `file_name`.  One trailing line end of a file is left out.
void interpolate(Node &tree, std::string_view file_name, const Environment &environment, Diagnostics &diagnostics);

}  // namespace signalbox::config
