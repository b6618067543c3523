// What an official account's push says, once the webhook source's engine has found it genuine: the parts of it that a
// scene login needs.  Pure, any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "plugins/sources/webhook/verifier.hpp"

namespace oauth {

struct SceneMessage {
  std::string openid, account;  // FromUserName, ToUserName
  std::string time;             // CreateTime, in seconds, as written
  std::string kind, event, key;
  // WeChat gives events no id; these three are what it says to tell them apart by.
  std::string id() const { return openid + ":" + time + ":" + event; }
  bool followed() const { return event == "subscribe"; }
};

// What the engine is to make of a push, and that read.  Nothing, when sender or receiver is no name that could be
// answered to.
webhook::EventTemplates scene_templates();
std::optional<SceneMessage> read_scene_message(std::string_view event_data);

// The scene that was scanned: a follower's SCAN has it as EventKey, the first follow through the code (subscribe) has
// qrscene_ before it.  Empty: no scan.  Both words as WeChat writes them, case and all.
std::string_view scanned_scene(const SceneMessage &message);

}  // namespace oauth
