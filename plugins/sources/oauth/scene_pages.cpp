#include "plugins/sources/oauth/scene_pages.hpp"

#include <array>
#include <chrono>
#include <sbx/sbx.hpp>
#include <sbx/web_text.hpp>

#include "plugins/sources/oauth/tokens.hpp"

namespace oauth {
namespace {

constexpr std::string_view kStyle =
    "body{font:18px/1.5 sans-serif;max-width:26em;margin:2em auto;padding:0 1em;text-align:center}"
    "button{font:inherit;font-size:1.6em;margin:.3em;padding:.3em .8em}"
    ".no{font-size:1em;display:block;margin:1.5em auto}small{color:#555}";

struct NoticeText {
  uint32_t status;
  std::string_view chinese, english;
};
constexpr std::array<NoticeText, 7> kNotices = {{
    {200, "已确认，请回到电脑继续。", "Done. Please go on at your computer."},
    {200, "已取消，没有登录。", "Cancelled. Nobody was logged in."},
    {200, "数字不正确，登录已取消。请在电脑上重新开始。",
     "That was not the number. The login was cancelled; start again at your computer."},
    {410, "链接已失效或已使用，请重新扫码。", "This link is used or too old. Please scan a new code."},
    {403, "请求无法验证，请从聊天消息中重新打开链接。",
     "This request cannot be trusted. Please open the link in the chat again."},
    {503, "登录未能保存，请重新扫码。", "The login could not be kept. Please scan a new code."},
    {405, "不支持的请求。", "This cannot be done here."},
}};

// Forms go nowhere else, nobody may frame it, and of styles only ours is good, by its hash (CSP Level 3 section 8.4).
// Under `no-referrer` browsers send a form's Origin as "null" (Fetch, section 3.2), which could not be told from a
// stranger's; `strict-origin` leaves it, and a Referer then names the site and never the link.  (Of two such headers
// the later one counts: Referrer Policy, section 8.1.)
Answer page(uint32_t status, std::string_view inside) {
  static const std::string style_hash = [] {
    std::string made;
    sbx::append_base64(made, sha256(kStyle));
    return made;
  }();
  std::string html =
      "<!DOCTYPE html><html lang=\"zh\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" "
      "content=\"noindex\">"
      "<title>登录 / Log in</title><style>";
  html.append(kStyle).append("</style></head><body>").append(inside).append("</body></html>");
  return {status,
          "text/html; charset=utf-8",
          std::move(html),
          {{"referrer-policy", "strict-origin"},
           {"x-frame-options", "DENY"},
           {"content-security-policy", "default-src 'none'; style-src 'sha256-" + style_hash +
                                           "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"}}};
}

std::string padded(unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); }

std::string utc_text(int64_t wall_ns) {
  const std::chrono::sys_seconds at{std::chrono::seconds(wall_ns / sbx::kSecondNs)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  return std::to_string(static_cast<int>(date.year())) + "-" + padded(static_cast<unsigned>(date.month())) + "-" +
         padded(static_cast<unsigned>(date.day())) + " " + padded(static_cast<unsigned>(time.hours().count())) + ":" +
         padded(static_cast<unsigned>(time.minutes().count())) + " UTC";
}

std::string hidden(std::string_view name, std::string_view value) {
  return std::string("<input type=\"hidden\" name=\"").append(name) + "\" value=\"" + escape_html(value) + "\">";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

Answer choice_page(const ChoicePage &shown) {
  std::string inside = "<h1>" + escape_html(shown.site) + "</h1>";
  inside += "<p>电脑正在请求以您的身份登录。请选择电脑上显示的数字。</p>";
  inside += "<p>A computer wants to log in as you. Choose the number that it shows.</p>";
  inside += "<p><small>" + escape_html(shown.started_from) + "<br>" + utc_text(shown.wall_ns) + "</small></p>";
  inside += "<form method=\"post\" action=\"confirm\">" + hidden("c", shown.secret) + hidden("t", shown.token);
  for (const std::string &number : shown.numbers)
    inside.append("<button name=\"n\" value=\"").append(number).append("\">").append(number).append("</button>");
  inside += "<button class=\"no\" name=\"n\" value=\"no\">不是我 / It is not me</button></form>";
  inside += "<p><small>如果不是您本人在电脑上操作，请选择“不是我”。不要根据他人告知的数字选择。<br>";
  inside +=
      "If you did not start this yourself, or somebody tells you the number, choose \"It is not me\".</small></p>";
  return page(200, inside);
}

Answer notice_page(Notice notice) {
  const NoticeText &text = kNotices[static_cast<size_t>(notice)];
  Answer answer =
      page(text.status, std::string("<p>").append(text.chinese).append("</p><p>").append(text.english).append("</p>"));
  if (notice == Notice::kMethod) answer.headers.emplace_back("allow", "GET, POST");
  return answer;
}

std::string link_message(std::string_view site, std::string_view url) {
  return std::string(site) + "\n电脑正在请求登录。如果是您本人操作，请打开链接确认：\n" +
         "A computer wants to log in. If that is you, open this link to confirm:\n" + std::string(url);
}

std::string too_often_message() {
  return "扫码过于频繁，请一分钟后再试。\nToo many scans. Please try again in a minute.";
}

}  // namespace oauth
