#include "core/assembly/pipeline_checks.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/bind_address.hpp"
#include "core/config/codes.hpp"
#include "core/net/ip_address.hpp"

namespace signalbox {
namespace {

namespace codes = config::codes;

std::string quoted(const std::string &name) { return '"' + name + '"'; }

// Nobody but this machine gets there.
bool is_local(const std::string &bind) {
  const Result<BindAddress> address = parse_bind_address(bind);
  if (!address.ok()) return false;
  if (!address->path.empty() || address->host == "localhost") return true;
  static const auto kV4 = net::IpRange::parse("127.0.0.0/8"), kV6 = net::IpRange::parse("::1");
  const auto ip = net::IpAddress::parse(address->host);
  return ip && (kV4->contains(*ip) || kV6->contains(*ip));
}

class PipelineChecks {
 public:
  PipelineChecks(const config::Model &model, const Registry &registry, const FindInstance &find,
                 config::Diagnostics &diagnostics)
      : model_(model), registry_(registry), find_(find), diagnostics_(diagnostics) {}

  void check(const config::Pipeline &pipeline) const {
    check_open_sinks(pipeline);
    check_fields(pipeline);
  }
  // A sink that tells everything to everybody, on a listener that lets every site's pages in.
  void check_open_origins(const config::Instance &sink) const;

 private:
  // A sink that asks nobody, behind somebody who wants to be asked.
  void check_open_sinks(const config::Pipeline &pipeline) const;
  // Nothing says which fields may leave, nor who may listen.
  void check_fields(const config::Pipeline &pipeline) const;

  bool open(const std::string &sink) const { return find_(sink)->extension(SBX_OPEN) != nullptr; }
  bool asks(const std::string &part) const { return find_(part)->gatekeeper() != nullptr; }
  bool limits_fields(const std::string &filter) const;
  // Its `data:` says of what its events are made; by convention the option is called so (webhook).
  bool makes_data(const std::string &source) const;

  const config::Model &model_;
  const Registry &registry_;
  const FindInstance &find_;
  config::Diagnostics &diagnostics_;
};

bool PipelineChecks::limits_fields(const std::string &filter) const {
  const auto of = std::find_if(model_.filters.begin(), model_.filters.end(),
                               [&](const config::Instance &instance) { return instance.name == filter; });
  const InstalledPlugin *installed = of == model_.filters.end() ? nullptr : registry_.find(SBX_FILTER, of->plugin);
  return installed && (installed->plugin->caps & SBX_CAP_LIMITS_FIELDS) != 0;
}

bool PipelineChecks::makes_data(const std::string &source) const {
  const auto of = std::find_if(model_.sources.begin(), model_.sources.end(),
                               [&](const config::Instance &instance) { return instance.name == source; });
  if (of == model_.sources.end()) return false;
  const nlohmann::json with = nlohmann::json::parse(of->with_json, nullptr, false);
  return with.is_object() && with.contains("data");
}

void PipelineChecks::check_open_sinks(const config::Pipeline &pipeline) const {
  for (size_t i = 0; i < pipeline.to.size(); ++i) {
    if (!open(pipeline.to[i])) continue;
    const auto refuse = [&](const char *kind, const std::string &gatekeeper) {
      diagnostics_.error(codes::kOpenSink, pipeline.to_at[i],
                         "the sink " + quoted(pipeline.to[i]) +
                             " tells every event to everybody who connects, but in this pipeline the " + kind + ' ' +
                             quoted(gatekeeper) +
                             " says who may listen; use a sink with subscriptions (socketio with mode: echo, "
                             "websocket, sse), or another pipeline");
    };
    for (const std::string &filter : pipeline.through)
      if (asks(filter)) refuse("filter", filter);
    for (const std::string &source : pipeline.from)
      if (asks(source)) refuse("source", source);
  }
}

void PipelineChecks::check_fields(const config::Pipeline &pipeline) const {
  const auto limits = [&](const std::string &filter) { return limits_fields(filter) || asks(filter); };
  if (std::any_of(pipeline.through.begin(), pipeline.through.end(), limits)) return;
  // Whoever answers for its own channels alone (a login's) does not answer for those of the other sources.
  const auto answers = [&](const std::string &source) { return asks(source) || makes_data(source); };
  if (std::all_of(pipeline.from.begin(), pipeline.from.end(), answers)) return;
  diagnostics_.warning(codes::kNoFieldFilter, pipeline.position,
                       "pipeline " + quoted(pipeline.name) +
                           " has no whitelist: every field of its events leaves to whoever subscribes; put a "
                           "whitelist into \"through\"");
}

void PipelineChecks::check_open_origins(const config::Instance &sink) const {
  if (!open(sink.name)) return;
  const nlohmann::json with = nlohmann::json::parse(sink.with_json, nullptr, false);
  const auto named = with.is_object() ? with.find("listener") : with.end();
  if (!with.is_object() || named == with.end() || !named->is_string()) return;
  const auto listener =
      std::find_if(model_.listeners.begin(), model_.listeners.end(),
                   [&](const config::Listener &one) { return one.name == named->get_ref<const std::string &>(); });
  if (listener == model_.listeners.end() || is_local(listener->bind)) return;
  if (std::find(listener->origins.begin(), listener->origins.end(), "*") == listener->origins.end()) return;
  const std::string what = "pages of every site (\"*\") may connect to the listener " + quoted(listener->name) +
                           ", where the sink " + quoted(sink.name) + " tells every event to everybody";
  const auto spelled_out = with.find("broadcast_to_everyone");
  if (spelled_out != with.end() && spelled_out->is_boolean() && spelled_out->get<bool>())
    diagnostics_.warning(codes::kOpenOrigins, listener->origins_at, what + "; list the sites that may");
  else
    diagnostics_.error(codes::kOpenOrigins, listener->origins_at,
                       what + "; list the sites that may, or say broadcast_to_everyone: true in the sink's \"with\"");
}

}  // namespace

void check_pipelines(const config::Model &model, const Registry &registry, const FindInstance &find,
                     config::Diagnostics &diagnostics) {
  const PipelineChecks checks(model, registry, find, diagnostics);
  for (const config::Pipeline &pipeline : model.pipelines) checks.check(pipeline);
  for (const config::Instance &sink : model.sinks) checks.check_open_origins(sink);
}

}  // namespace signalbox
