// The pages that a phone is shown, and the messages in the chat, in Chinese and English: fixed texts, without script,
// images or links.  What is put into them is escaped.  Pure, any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/sources/oauth/answer.hpp"
#include "plugins/sources/oauth/scene_keys.hpp"

namespace oauth {

// Who asks, and what the form sends back.
struct ChoicePage {
  std::string_view site, started_from;  // started_from: the computer's address
  int64_t wall_ns = 0;
  std::string_view secret, token;
  Choices numbers;
};
// With buttons for the three numbers and one for "no".
Answer choice_page(const ChoicePage &shown);

enum class Notice { kDone, kDenied, kWrongNumber, kOver, kRefused, kNotSaved, kMethod };
// The end of it, and whatever went wrong; kOver says the same of links that are unknown, used and too old.
Answer notice_page(Notice notice);

std::string link_message(std::string_view site, std::string_view url);
std::string too_often_message();

std::string escape_html(std::string_view text);

}  // namespace oauth
