// Whatever a scene login reads by itself: the link's query, the form, what the engine made of a push; and that a reply
// made of such parts is read back as it was meant.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sbx/json_text.hpp>
#include "plugins/sources/oauth/scene_confirm.hpp"
#include "plugins/sources/oauth/scene_message.hpp"
#include "plugins/sources/oauth/scene_pages.hpp"
#include "plugins/sources/oauth/scene_reply.hpp"
#include "plugins/sources/webhook/xml_reader.hpp"

namespace {

void must(bool held) {
  if (!held) std::abort();
}

void reply_holds(std::string_view text) {
  if (!sbx::json::valid_utf8(text)) return;
  const std::string xml = oauth::text_reply_xml({text, "gh", 1, text});
  const auto fields = webhook::read_xml(xml);
  must(fields && fields->sorted().size() == 5);
  must(*fields->find("MsgType") == "text" && *fields->find("Content") == *fields->find("ToUserName"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  const std::string secret = oauth::read_link_secret(text);
  must(secret.empty() || secret.size() == 32);
  if (const auto form = oauth::read_confirm_form(text)) must(form->secret.size() == 32 && form->choice.size() == 2);
  if (const auto message = oauth::read_scene_message(text)) {
    must(oauth::scanned_scene(*message).size() <= 64);
    must(message->openid.find_first_of("<>&]\" ") == std::string::npos);
  }
  must(oauth::escape_html(text).find_first_of("<>\"'") == std::string::npos);
  reply_holds(text);
  return 0;
}
