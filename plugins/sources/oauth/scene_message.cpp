#include "plugins/sources/oauth/scene_message.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace oauth {
namespace {

constexpr size_t kNameMax = 128;  // of an openid or an account
constexpr size_t kSceneMax = 64;  // scene_str of QR_STR_SCENE
constexpr size_t kTimeMax = 20;
constexpr std::string_view kFollowPrefix = "qrscene_";

bool is_name(std::string_view text, size_t longest) {
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

webhook::EventTemplates scene_templates() {
  constexpr std::string_view kData =
      R"({"openid":"{plainxml:FromUserName}","account":"{plainxml:ToUserName}","time":"{plainxml:CreateTime}",)"
      R"("kind":"{plainxml:MsgType}","event":"{plainxml:Event}","key":"{plainxml:EventKey}"})";
  std::string fault;
  webhook::EventTemplates templates;
  templates.channel = {*webhook::EventTemplate::read("push")};
  templates.name = webhook::EventTemplate::read("push");
  templates.data = webhook::DataTemplate::read(kData, fault);
  return templates;
}

std::optional<SceneMessage> read_scene_message(std::string_view event_data) {
  const auto said = nlohmann::json::parse(event_data, nullptr, false);
  if (!said.is_object()) return std::nullopt;
  const auto text = [&](const char *name) {
    const auto found = said.find(name);
    return found != said.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  SceneMessage message{text("openid"), text("account"), text("time"), text("kind"), text("event"), text("key")};
  if (!is_name(message.openid, kNameMax) || !is_name(message.account, kNameMax) || !is_name(message.time, kTimeMax))
    return std::nullopt;
  return message;
}

std::string_view scanned_scene(const SceneMessage &message) {
  if (message.kind != "event") return {};
  std::string_view scene = message.key;
  if (message.event == "subscribe") {
    if (!scene.starts_with(kFollowPrefix)) return {};
    scene.remove_prefix(kFollowPrefix.size());
  } else if (message.event != "SCAN") {
    return {};
  }
  return is_name(scene, kSceneMax) ? scene : std::string_view();
}

}  // namespace oauth
