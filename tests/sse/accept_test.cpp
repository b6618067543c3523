#include "plugins/sinks/sse/accept.hpp"

#include <doctest/doctest.h>

using sse::choose_form;
using sse::Form;

TEST_CASE("an EventSource and whoever takes anything get a stream") {
  for (const char *accept :
       {"", "*/*", "text/event-stream", "Text/Event-Stream", "text/*", "text/event-stream, */*",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json, text/event-stream",
        "text/event-stream;charset=utf-8", "application/*;q=0.5, text/event-stream;q=0.6", "nonsense", ", ,", ";q=1"}) {
    CAPTURE(accept);
    CHECK(choose_form(accept) == Form::kStream);
  }
}

TEST_CASE("who wants JSON more gets the poll") {
  for (const char *accept :
       {"application/json", "APPLICATION/JSON", "application/*", "application/json; charset=utf-8",
        "application/json, text/plain, */*", "application/json, text/javascript, */*; q=0.01",
        "text/event-stream;q=0.5, application/json", "text/event-stream; q=0, */*",
        "text/*;q=0.3, application/json;q=0.4", "text/event-stream;x=\"a,b;q=1\";q=0.1,application/json;q=0.2"}) {
    CAPTURE(accept);
    CHECK(choose_form(accept) == Form::kJson);
  }
}

TEST_CASE("the most exact range has the last word on its type") {
  CHECK(choose_form("application/json;q=0, */*") == Form::kStream);
  CHECK(choose_form("*/*;q=0, application/json;q=0.001") == Form::kJson);
  CHECK(choose_form("text/*;q=1, text/event-stream;q=0.1, application/json;q=0.2") == Form::kJson);
}

TEST_CASE("who takes neither is told so") {
  for (const char *accept : {"text/html", "image/*", "text/event-stream;q=0", "*/*;q=0", "application/json;q=0.000"}) {
    CAPTURE(accept);
    CHECK(choose_form(accept) == Form::kNeither);
  }
}

TEST_CASE("a weight that is none takes its range away") {
  for (const char *accept : {"application/json;q=2", "application/json;q=-1", "application/json;q=1.0001",
                             "application/json;q=", "application/json;q=1.1", "application/json;q=.5"}) {
    CAPTURE(accept);
    CHECK(choose_form(accept) == Form::kStream);
  }
}
