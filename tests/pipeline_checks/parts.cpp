// Parts of pipelines that do nothing but be of a kind: open sinks, gatekeepers, filters that limit fields.
#include <sbx/sbx_extensions.h>
#include <sbx/sbx.hpp>

namespace {

class Plain {
 public:
  Plain(sbx::Host, std::string_view) {}
  sbx_status on_event(const sbx_event &) const { return SBX_OK; }
};

class Open : public Plain {
 public:
  using Plain::Plain;
  const void *extension(std::string_view name) const {
    static constexpr sbx_open kOpen{sizeof(sbx_open), 0};
    return name == SBX_OPEN ? &kOpen : nullptr;
  }
};

class Asks : public Plain {
 public:
  using Plain::Plain;
  const void *extension(std::string_view name) const {
    static constexpr sbx_gatekeeper kKeeper{sizeof(sbx_gatekeeper), 0, admit};
    return name == SBX_ADMISSION ? &kKeeper : nullptr;
  }

 private:
  static sbx_status admit(void *, sbx_id, const sbx_join *) noexcept { return SBX_OK; }
};

constexpr const char *kSinkSchema = R"({"type":"object","properties":{"listener":{"type":"string","format":"listener"},
  "broadcast_to_everyone":{"type":"boolean","default":false}}})";
constexpr sbx_plugin kSource = sbx::table<Plain>(SBX_SOURCE, "events", "1.0.0", "Has no events.", "{}");
constexpr sbx_plugin kAsking = sbx::table<Asks>(SBX_SOURCE, "logins", "1.0.0", "Says who may listen.", "{}");
constexpr sbx_plugin kPasses = sbx::table<Plain>(SBX_FILTER, "passes", "1.0.0", "Passes everything.", "{}");
constexpr sbx_plugin kFields =
    sbx::table<Plain>(SBX_FILTER, "fields", "1.0.0", "Limits fields.", "{}", SBX_CAP_LIMITS_FIELDS);
constexpr sbx_plugin kKeeper = sbx::table<Asks>(SBX_FILTER, "keeper", "1.0.0", "Says who may listen.", "{}");
constexpr sbx_plugin kOpen = sbx::table<Open>(SBX_SINK, "open", "1.0.0", "Tells everybody.", kSinkSchema);
constexpr sbx_plugin kShut = sbx::table<Plain>(SBX_SINK, "shut", "1.0.0", "Has subscriptions.", kSinkSchema);

}  // namespace

SBX_MODULE("pipeline-parts", "1.0.0", &kSource, &kAsking, &kPasses, &kFields, &kKeeper, &kOpen, &kShut)
