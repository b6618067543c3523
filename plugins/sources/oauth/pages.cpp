#include "plugins/sources/oauth/pages.hpp"

#include <string_view>

namespace oauth {
namespace {

struct Text {
  uint32_t status;
  std::string_view title, words;
};

Text text_of(Page page) {
  switch (page) {
    case Page::kDone:
      return {200, "Done", "You are logged in. You can close this window."};
    case Page::kProcessing:
      return {200, "One moment",
              "Your login is being finished. You can close this window; the page you came from goes on."};
    case Page::kDenied:
      return {200, "Cancelled", "You were not logged in. You can close this window."};
    case Page::kFailed:
      return {400, "That did not work", "You were not logged in. Please go back and try again."};
    case Page::kRefused:
      return {400, "This link is not valid",
              "It was used, is too old, or belongs to another browser. Please go back and log in again."};
    case Page::kBusy:
      break;
  }
  return {503, "Too busy", "Please go back and try again in a minute."};
}

}  // namespace

Answer page_answer(Page page) {
  const Text text = text_of(page);
  Answer answer{text.status, "text/html; charset=utf-8", "<!doctype html><html lang=\"en\"><title>"};
  answer.body.append(text.title).append("</title><h1>").append(text.title).append("</h1><p>").append(text.words);
  answer.body += "</p></html>\n";
  answer.headers = {
      {"content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"}};
  return answer;
}

Answer redirect_answer(const std::string &url) { return {303, "", "", {{"location", url}}}; }

}  // namespace oauth
