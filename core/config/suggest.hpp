// "did you mean": the name that somebody probably wanted to write.  Pure functions.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::config {

// Edits between two names, where swapping neighbours is one (optimal string alignment), upper and lower case are the
// same, and - and _ too.  More than 2 is answered as 3.
int edit_distance(std::string_view a, std::string_view b);

// The candidate with the fewest edits, at most 2 and fewer than half of the name; empty when there is none.
std::string nearest(std::string_view name, const std::vector<std::string> &candidates);

}  // namespace signalbox::config
