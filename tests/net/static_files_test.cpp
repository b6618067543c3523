#include "core/net/static_files.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "core/base/limits.hpp"
#include "core/net/disk_files.hpp"

using namespace signalbox;
using namespace signalbox::net;

namespace {

// A disk made of strings.  A path that ends with a slash is a directory.
class FakeDisk final : public FileReader {
 public:
  FileStamp stamp(const std::string &root, const std::string &relative) override {
    ++looks;
    const std::string path = relative.empty() ? root : root + '/' + relative;
    if (files.contains(path + '/')) return {FileStamp::Kind::directory, 0, 0};
    const auto found = files.find(path);
    return found == files.end() ? FileStamp{} : FileStamp{FileStamp::Kind::file, found->second.size(), changed_ns};
  }
  std::optional<std::string> read(const std::string &root, const std::string &relative, size_t size_max) override {
    ++reads;
    const std::string &content = files[relative.empty() ? root : root + '/' + relative];
    return content.size() > size_max ? std::nullopt : std::optional(content);
  }
  std::map<std::string, std::string> files{
      {"/www/", ""},          {"/www/index.html", "<p>"},     {"/www/app.js", "js"},
      {"/www/sub/", ""},      {"/www/sub/index.html", "sub"}, {"/www/empty/", ""},
      {"/www/a b.txt", "ab"}, {"/lib/io.min.js", "io"},       {"/www/.secret", "no"},
      {"/secret", "no"}};
  int64_t changed_ns = 1;
  int looks = 0, reads = 0;
};

struct Site {
  std::shared_ptr<FakeDisk> disk = std::make_shared<FakeDisk>();
  StaticFiles files{{{"/", "/www"}, {"/io.js", "/lib/io.min.js"}, {"/sub2/", "/www/sub"}}, disk};
  int64_t now_s = 1;

  StaticReply get(const std::string &path, const std::string &none_match = "", const std::string &method = "GET") {
    HttpHead head;
    head.method = method;
    head.path = path;
    if (!none_match.empty()) head.headers.push_back({"if-none-match", none_match});
    auto reply = files.answer(head, now_s);
    REQUIRE(reply);
    return *reply;
  }
  std::string body(const std::string &path) {
    const StaticReply reply = get(path);
    return reply.status == 200 ? *reply.body : std::to_string(reply.status);
  }
};

std::string header(const StaticReply &reply, const std::string &name) {
  for (const HttpHeader &h : reply.headers)
    if (h.name == name) return h.value;
  return "(none)";
}

}  // namespace

TEST_CASE("files, indexes and single files are served") {
  Site site;
  CHECK(site.body("/") == "<p>");
  CHECK(site.body("/app.js") == "js");
  CHECK(site.body("/a%20b.txt") == "ab");
  CHECK(site.body("/sub/") == "sub");
  CHECK(site.body("/sub2/") == "sub");
  CHECK(site.body("/io.js") == "io");
  CHECK(site.body("/io.jsx") == "404");
  CHECK(site.body("/io.js/x") == "404");
  CHECK(site.body("/io.js/") == "404");
  CHECK(site.body("/app.js/") == "404");
  CHECK(site.body("/empty/") == "404");
  CHECK(site.body("/none") == "404");
  CHECK(header(site.get("/app.js"), "Content-Type") == "text/javascript; charset=utf-8");
  CHECK(header(site.get("/io.js"), "Content-Type") == "text/javascript; charset=utf-8");
  CHECK(header(site.get("/"), "Content-Type") == "text/html; charset=utf-8");
  CHECK(site.get("/app.js", "", "HEAD").body->size() == 2);
  CHECK(content_type_of("x.unknown") == "application/octet-stream");
  CHECK(content_type_of("README") == "application/octet-stream");
}

TEST_CASE("a file may answer for the root itself") {
  StaticFiles files({{"/", "/lib/io.min.js"}}, std::make_shared<FakeDisk>());
  HttpHead head;
  head.method = "GET";
  head.path = "/";
  CHECK(*files.answer(head, 1)->body == "io");
  head.path = "/other";
  CHECK(files.answer(head, 1)->status == 404);
}

TEST_CASE("a directory without its slash is redirected, with the query") {
  Site site;
  const StaticReply reply = site.get("/sub");
  CHECK(reply.status == 301);
  CHECK(header(reply, "Location") == "/sub/");
  CHECK(header(site.get("/sub2"), "Location") == "/sub2/");
  HttpHead head;
  head.method = "GET";
  head.path = "/sub";
  head.query = "a=b";
  CHECK(header(*site.files.answer(head, 1), "Location") == "/sub/?a=b");
}

TEST_CASE("other methods are refused and other prefixes are not ours") {
  Site site;
  const StaticReply reply = site.get("/app.js", "", "POST");
  CHECK(reply.status == 405);
  CHECK(header(reply, "Allow") == "GET, HEAD");
  StaticFiles narrow({{"/client", "/www"}}, site.disk);
  HttpHead head;
  head.method = "GET";
  for (const char *path : {"/", "/clients", "/clien", "*"}) {
    head.path = path;
    CHECK_FALSE(narrow.answer(head, 1));
  }
  head.path = "/client/app.js";
  CHECK(narrow.answer(head, 1)->status == 200);
}

TEST_CASE("no path leads out, to hidden files, or to another file under two names") {
  Site site;
  for (const char *path : {"/../secret",
                           "/..%2fsecret",
                           "/%2e%2e/secret",
                           "/%2E%2E%2Fsecret",
                           "/sub/../../secret",
                           "/.secret",
                           "/%2esecret",
                           "/./app.js",
                           "//app.js",
                           "/sub//index.html",
                           "/app.js%00",
                           "/app.js%0a",
                           "/..\\secret",
                           "/%5c..%5csecret",
                           "/%zz",
                           "/%2",
                           "/%",
                           "//",
                           "/sub/.",
                           "/sub/..",
                           "/%252e%252e/secret"})
    CHECK(site.get(path).status == 404);
  CHECK(safe_relative_path("a/b%20c/") == "a/b c/");
  CHECK(safe_relative_path("%252e%252e/x") == "%2e%2e/x");
}

TEST_CASE("an unchanged file is not sent again") {
  Site site;
  const std::string etag = header(site.get("/app.js"), "ETag");
  CHECK(etag.size() > 4);
  for (const std::string &tags : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    const StaticReply reply = site.get("/app.js", tags);
    CHECK(reply.status == 304);
    CHECK(reply.body == nullptr);
    CHECK(header(reply, "ETag") == etag);
  }
  CHECK(site.get("/app.js", "\"other\"").status == 200);
}

TEST_CASE("a file is read once, looked at once a second and read again when it changed") {
  Site site;
  CHECK(site.body("/app.js") == "js");
  const int looks = site.disk->looks;
  for (int i = 0; i < 10; ++i) CHECK(site.body("/app.js") == "js");
  CHECK(site.disk->looks == looks);
  site.now_s = 2;
  CHECK(site.body("/app.js") == "js");
  CHECK(site.disk->reads == 1);
  site.disk->files["/www/app.js"] = "js2";
  site.disk->changed_ns = 2;
  site.now_s = 3;
  CHECK(site.body("/app.js") == "js2");
  CHECK(site.disk->reads == 2);
  site.disk->files.erase("/www/app.js");
  site.now_s = 4;
  CHECK(site.body("/app.js") == "404");
}

TEST_CASE("what is kept is bounded") {
  Site site;
  site.disk->files["/www/big"] = std::string(limits::kStaticFileMax + 1, 'x');
  CHECK(site.body("/big") == "404");
  const size_t number = limits::kStaticKeptMax / limits::kStaticFileMax;
  for (size_t i = 0; i <= number; ++i)
    site.disk->files["/www/f" + std::to_string(i)] = std::string(limits::kStaticFileMax, 'x');
  for (size_t i = 0; i < number; ++i) CHECK(site.get("/f" + std::to_string(i)).status == 200);
  const int reads = site.disk->reads;
  CHECK(site.get("/f0").status == 200);
  CHECK(site.disk->reads == reads);
  CHECK(site.get("/f" + std::to_string(number)).status == 200);
  CHECK(site.get("/f0").status == 200);
  CHECK(site.disk->reads == reads + 2);
}

TEST_CASE("the real disk is read below its root only") {
  const auto root = std::filesystem::temp_directory_path() / ("signalbox-static-" + std::to_string(::getpid()));
  std::filesystem::create_directories(root / "www/sub");
  std::ofstream(root / "secret") << "no";
  std::ofstream(root / "www/a.txt") << "text";
  std::filesystem::create_symlink("../secret", root / "www/out");
  std::filesystem::create_symlink("a.txt", root / "www/in");
  std::filesystem::create_symlink("..", root / "www/up");
  DiskFiles disk;
  const std::string www = (root / "www").string();
  CHECK(disk.read(www, "a.txt", 4) == "text");
  CHECK(disk.read(www, "in", 4) == "text");
  CHECK_FALSE(disk.read(www, "a.txt", 3));
  CHECK_FALSE(disk.read(www, "sub", 100));
  CHECK(disk.read(www + "/a.txt", "", 100) == "text");
  for (const char *path : {"out", "up/secret", "../secret", "none", "up", "a.txt/x"}) {
    CHECK_FALSE(disk.read(www, path, 100));
    CHECK(disk.stamp(www, path).kind == FileStamp::Kind::missing);
  }
  CHECK(disk.stamp(www, "").kind == FileStamp::Kind::directory);
  CHECK(disk.stamp(www, "a.txt").kind == FileStamp::Kind::file);
  CHECK(disk.stamp(www, "a.txt").size == 4);
  std::filesystem::remove_all(root);
}
