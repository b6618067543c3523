// Who is in a presence channel, as the others see him.
#pragma once
#include <memory>
#include <string>

namespace signalbox {

struct PresentMember {
  std::string principal;  // who it is: counts once in a channel, whatever the number of its connections
  std::string json;       // what the others are shown: an object, {"user_id":...,"user_info":...}
};
using PresentMemberPtr = std::shared_ptr<const PresentMember>;

}  // namespace signalbox
