/* Prints the layout of every struct and the value of every constant of sbx.h, for layout.golden.  Compiled as strict
 * C11.  Fails when a struct has a hole: a hole is a field that is not listed here, or padding that nobody named. */
#include <sbx/sbx.h>
#include <stdio.h>

static int holes = 0;
static size_t end = 0;
static const char *current = "";

static void begin(const char *name, size_t size) {
  current = name;
  end = 0;
  printf("%s size %zu\n", name, size);
}
static void field(const char *name, size_t offset, size_t size) {
  if (offset != end) {
    fprintf(stderr, "%s: a hole of %zu bytes before %s\n", current, offset - end, name);
    ++holes;
  }
  end = offset + size;
  printf("  %s at %zu size %zu\n", name, offset, size);
}
static void finish(size_t size) {
  if (end == size) return;
  fprintf(stderr, "%s: a hole of %zu bytes at its end\n", current, size - end);
  ++holes;
}

#define BEGIN(s)    begin(#s, sizeof(s))
#define FIELD(s, f) field(#f, offsetof(s, f), sizeof(((s *)0)->f))
#define END(s)      finish(sizeof(s))
#define SERVICE(c)  printf("%s = %s\n", #c, c)
#define CONSTANT(c) printf("%s = %lld\n", #c, (long long)(c))

static void str(void) {
  BEGIN(sbx_str);
  FIELD(sbx_str, ptr);
  FIELD(sbx_str, len);
  END(sbx_str);
}
static void attr(void) {
  BEGIN(sbx_attr);
  FIELD(sbx_attr, key);
  FIELD(sbx_attr, value);
  END(sbx_attr);
}
static void event(void) {
  BEGIN(sbx_event);
  FIELD(sbx_event, size);
  FIELD(sbx_event, flags);
  FIELD(sbx_event, epoch);
  FIELD(sbx_event, seq);
  FIELD(sbx_event, wall_ns);
  FIELD(sbx_event, channel);
  FIELD(sbx_event, name);
  FIELD(sbx_event, data);
  FIELD(sbx_event, id);
  FIELD(sbx_event, except);
  FIELD(sbx_event, attrs);
  FIELD(sbx_event, attr_count);
  FIELD(sbx_event, cursor);
  FIELD(sbx_event, scope);
  FIELD(sbx_event, reserved);
  END(sbx_event);
}
static void emit(void) {
  BEGIN(sbx_emit);
  FIELD(sbx_emit, size);
  FIELD(sbx_emit, flags);
  FIELD(sbx_emit, ack);
  FIELD(sbx_emit, dedupe_key);
  FIELD(sbx_emit, dedupe_ns);
  FIELD(sbx_emit, raw);
  END(sbx_emit);
}
static void receipt(void) {
  BEGIN(sbx_receipt);
  FIELD(sbx_receipt, size);
  FIELD(sbx_receipt, status);
  FIELD(sbx_receipt, cursor);
  END(sbx_receipt);
}
static void host(void) {
  BEGIN(sbx_host);
  FIELD(sbx_host, size);
  FIELD(sbx_host, abi_minor);
  FIELD(sbx_host, ctx);
  FIELD(sbx_host, instance);
  FIELD(sbx_host, service);
  FIELD(sbx_host, emit);
  FIELD(sbx_host, retain);
  FIELD(sbx_host, release);
  FIELD(sbx_host, log);
  FIELD(sbx_host, problem);
  FIELD(sbx_host, stopped);
  FIELD(sbx_host, reason);
  FIELD(sbx_host, ready);
  FIELD(sbx_host, warning);
  FIELD(sbx_host, log_wanted);
  END(sbx_host);
}
static void plugin(void) {
  BEGIN(sbx_plugin);
  FIELD(sbx_plugin, size);
  FIELD(sbx_plugin, kind);
  FIELD(sbx_plugin, caps);
  FIELD(sbx_plugin, reserved);
  FIELD(sbx_plugin, type);
  FIELD(sbx_plugin, version);
  FIELD(sbx_plugin, summary);
  FIELD(sbx_plugin, schema_json);
  FIELD(sbx_plugin, create);
  FIELD(sbx_plugin, destroy);
  FIELD(sbx_plugin, start);
  FIELD(sbx_plugin, stop);
  FIELD(sbx_plugin, on_event);
  FIELD(sbx_plugin, on_turn_end);
  FIELD(sbx_plugin, on_ack);
  FIELD(sbx_plugin, extension);
  END(sbx_plugin);
}
static void module(void) {
  BEGIN(sbx_module);
  FIELD(sbx_module, magic);
  FIELD(sbx_module, size);
  FIELD(sbx_module, abi_minor);
  FIELD(sbx_module, build_flags);
  FIELD(sbx_module, name);
  FIELD(sbx_module, version);
  FIELD(sbx_module, toolchain);
  FIELD(sbx_module, plugins);
  FIELD(sbx_module, plugin_count);
  END(sbx_module);
}
static void loop(void) {
  BEGIN(sbx_loop);
  FIELD(sbx_loop, size);
  FIELD(sbx_loop, reserved);
  FIELD(sbx_loop, mono_ns);
  FIELD(sbx_loop, wall_ns);
  FIELD(sbx_loop, random);
  FIELD(sbx_loop, timer);
  FIELD(sbx_loop, cancel);
  FIELD(sbx_loop, post);
  FIELD(sbx_loop, lane);
  FIELD(sbx_loop, lanes);
  END(sbx_loop);
}
static void stream_events(void) {
  BEGIN(sbx_stream_events);
  FIELD(sbx_stream_events, size);
  FIELD(sbx_stream_events, reserved);
  FIELD(sbx_stream_events, on_open);
  FIELD(sbx_stream_events, on_data);
  FIELD(sbx_stream_events, on_drain);
  FIELD(sbx_stream_events, on_close);
  END(sbx_stream_events);
}
static void dial(void) {
  BEGIN(sbx_dial);
  FIELD(sbx_dial, size);
  FIELD(sbx_dial, flags);
  FIELD(sbx_dial, url);
  FIELD(sbx_dial, timeout_ns);
  FIELD(sbx_dial, ca);
  FIELD(sbx_dial, certificate);
  FIELD(sbx_dial, key);
  FIELD(sbx_dial, server_name);
  END(sbx_dial);
}
static void stream(void) {
  BEGIN(sbx_stream);
  FIELD(sbx_stream, size);
  FIELD(sbx_stream, reserved);
  FIELD(sbx_stream, dial);
  FIELD(sbx_stream, send);
  FIELD(sbx_stream, set_reading);
  FIELD(sbx_stream, close);
  END(sbx_stream);
}
static void request(void) {
  BEGIN(sbx_request);
  FIELD(sbx_request, size);
  FIELD(sbx_request, flags);
  FIELD(sbx_request, method);
  FIELD(sbx_request, path);
  FIELD(sbx_request, query);
  FIELD(sbx_request, peer);
  FIELD(sbx_request, host);
  FIELD(sbx_request, origin);
  FIELD(sbx_request, headers);
  FIELD(sbx_request, header_count);
  END(sbx_request);
}
static void http_events(void) {
  BEGIN(sbx_http_events);
  FIELD(sbx_http_events, size);
  FIELD(sbx_http_events, reserved);
  FIELD(sbx_http_events, on_request);
  FIELD(sbx_http_events, on_body);
  FIELD(sbx_http_events, on_message);
  FIELD(sbx_http_events, on_drain);
  FIELD(sbx_http_events, on_close);
  FIELD(sbx_http_events, lane_of);
  END(sbx_http_events);
}
static void mount(void) {
  BEGIN(sbx_mount);
  FIELD(sbx_mount, size);
  FIELD(sbx_mount, flags);
  FIELD(sbx_mount, listener);
  FIELD(sbx_mount, path);
  FIELD(sbx_mount, body_max);
  FIELD(sbx_mount, unacked_ns);
  END(sbx_mount);
}
static void ws_accept(void) {
  BEGIN(sbx_ws_accept);
  FIELD(sbx_ws_accept, size);
  FIELD(sbx_ws_accept, flags);
  FIELD(sbx_ws_accept, subprotocol);
  FIELD(sbx_ws_accept, message_max);
  FIELD(sbx_ws_accept, ping_ns);
  FIELD(sbx_ws_accept, pong_ns);
  END(sbx_ws_accept);
}
static void http(void) {
  BEGIN(sbx_http);
  FIELD(sbx_http, size);
  FIELD(sbx_http, reserved);
  FIELD(sbx_http, mount);
  FIELD(sbx_http, respond);
  FIELD(sbx_http, write);
  FIELD(sbx_http, accept_ws);
  FIELD(sbx_http, send);
  FIELD(sbx_http, close);
  END(sbx_http);
}
static void frame(void) {
  BEGIN(sbx_frame);
  FIELD(sbx_frame, size);
  FIELD(sbx_frame, flags);
  FIELD(sbx_frame, parts);
  FIELD(sbx_frame, binary);
  FIELD(sbx_frame, part_count);
  FIELD(sbx_frame, coalesce_key);
  FIELD(sbx_frame, gap);
  END(sbx_frame);
}
static void outbox(void) {
  BEGIN(sbx_outbox);
  FIELD(sbx_outbox, size);
  FIELD(sbx_outbox, policy);
  FIELD(sbx_outbox, bytes_max);
  END(sbx_outbox);
}
static void member_events(void) {
  BEGIN(sbx_member_events);
  FIELD(sbx_member_events, size);
  FIELD(sbx_member_events, reserved);
  FIELD(sbx_member_events, on_ready);
  FIELD(sbx_member_events, on_close);
  END(sbx_member_events);
}
static void fanout(void) {
  BEGIN(sbx_fanout);
  FIELD(sbx_fanout, size);
  FIELD(sbx_fanout, reserved);
  FIELD(sbx_fanout, outbox);
  FIELD(sbx_fanout, join);
  FIELD(sbx_fanout, leave);
  FIELD(sbx_fanout, publish);
  FIELD(sbx_fanout, post);
  FIELD(sbx_fanout, member);
  FIELD(sbx_fanout, take);
  FIELD(sbx_fanout, transfer);
  FIELD(sbx_fanout, drop);
  FIELD(sbx_fanout, share);
  FIELD(sbx_fanout, post_shared);
  END(sbx_fanout);
}
static void want(void) {
  BEGIN(sbx_want);
  FIELD(sbx_want, channel);
  FIELD(sbx_want, since);
  FIELD(sbx_want, auth);
  END(sbx_want);
}
static void subscribe(void) {
  BEGIN(sbx_subscribe);
  FIELD(sbx_subscribe, size);
  FIELD(sbx_subscribe, flags);
  FIELD(sbx_subscribe, ref);
  FIELD(sbx_subscribe, kind);
  FIELD(sbx_subscribe, channels);
  FIELD(sbx_subscribe, channel_count);
  END(sbx_subscribe);
}
static void subscribed(void) {
  BEGIN(sbx_subscribed);
  FIELD(sbx_subscribed, size);
  FIELD(sbx_subscribed, status);
  FIELD(sbx_subscribed, ref);
  FIELD(sbx_subscribed, channel);
  FIELD(sbx_subscribed, cursor);
  FIELD(sbx_subscribed, recovered);
  FIELD(sbx_subscribed, code);
  FIELD(sbx_subscribed, members);
  END(sbx_subscribed);
}
static void log_events(void) {
  BEGIN(sbx_log_events);
  FIELD(sbx_log_events, size);
  FIELD(sbx_log_events, reserved);
  FIELD(sbx_log_events, on_subscribed);
  FIELD(sbx_log_events, on_replay);
  FIELD(sbx_log_events, on_live);
  FIELD(sbx_log_events, on_ended);
  END(sbx_log_events);
}
static void cursor(void) {
  BEGIN(sbx_cursor);
  FIELD(sbx_cursor, len);
  FIELD(sbx_cursor, text);
  END(sbx_cursor);
}
static void log_(void) {
  BEGIN(sbx_log);
  FIELD(sbx_log, size);
  FIELD(sbx_log, reserved);
  FIELD(sbx_log, open);
  FIELD(sbx_log, subscribe);
  FIELD(sbx_log, unsubscribe);
  FIELD(sbx_log, publish);
  FIELD(sbx_log, head);
  FIELD(sbx_log, cursor);
  FIELD(sbx_log, parse);
  END(sbx_log);
}
static void metrics(void) {
  BEGIN(sbx_metrics);
  FIELD(sbx_metrics, size);
  FIELD(sbx_metrics, reserved);
  FIELD(sbx_metrics, make);
  FIELD(sbx_metrics, add);
  FIELD(sbx_metrics, set);
  END(sbx_metrics);
}
static void asset(void) {
  BEGIN(sbx_asset);
  FIELD(sbx_asset, size);
  FIELD(sbx_asset, reserved);
  FIELD(sbx_asset, load);
  END(sbx_asset);
}
static void fetch(void) {
  BEGIN(sbx_fetch);
  FIELD(sbx_fetch, size);
  FIELD(sbx_fetch, flags);
  FIELD(sbx_fetch, method);
  FIELD(sbx_fetch, url);
  FIELD(sbx_fetch, headers);
  FIELD(sbx_fetch, header_count);
  FIELD(sbx_fetch, body);
  FIELD(sbx_fetch, timeout_ns);
  FIELD(sbx_fetch, body_max);
  FIELD(sbx_fetch, ca);
  END(sbx_fetch);
}
static void fetched(void) {
  BEGIN(sbx_fetched);
  FIELD(sbx_fetched, size);
  FIELD(sbx_fetched, status);
  FIELD(sbx_fetched, http_status);
  FIELD(sbx_fetched, reserved);
  FIELD(sbx_fetched, headers);
  FIELD(sbx_fetched, header_count);
  FIELD(sbx_fetched, body);
  FIELD(sbx_fetched, text);
  END(sbx_fetched);
}
static void http_client(void) {
  BEGIN(sbx_http_client);
  FIELD(sbx_http_client, size);
  FIELD(sbx_http_client, reserved);
  FIELD(sbx_http_client, fetch);
  FIELD(sbx_http_client, cancel);
  END(sbx_http_client);
}
static void files(void) {
  BEGIN(sbx_files);
  FIELD(sbx_files, size);
  FIELD(sbx_files, reserved);
  FIELD(sbx_files, read);
  FIELD(sbx_files, watch);
  END(sbx_files);
}
static void join_(void) {
  BEGIN(sbx_join);
  FIELD(sbx_join, size);
  FIELD(sbx_join, flags);
  FIELD(sbx_join, channel);
  FIELD(sbx_join, auth);
  FIELD(sbx_join, visitor);
  END(sbx_join);
}
static void gatekeeper(void) {
  BEGIN(sbx_gatekeeper);
  FIELD(sbx_gatekeeper, size);
  FIELD(sbx_gatekeeper, reserved);
  FIELD(sbx_gatekeeper, admit);
  END(sbx_gatekeeper);
}
static void admission(void) {
  BEGIN(sbx_admission);
  FIELD(sbx_admission, size);
  FIELD(sbx_admission, reserved);
  FIELD(sbx_admission, answer);
  END(sbx_admission);
}
static void judge(void) {
  BEGIN(sbx_judge);
  FIELD(sbx_judge, size);
  FIELD(sbx_judge, reserved);
  FIELD(sbx_judge, judge);
  END(sbx_judge);
}
static void replay(void) {
  BEGIN(sbx_replay);
  FIELD(sbx_replay, size);
  FIELD(sbx_replay, reserved);
  FIELD(sbx_replay, replay);
  END(sbx_replay);
}

static void visitor(void) {
  BEGIN(sbx_visitor);
  FIELD(sbx_visitor, size);
  FIELD(sbx_visitor, flags);
  FIELD(sbx_visitor, id);
  FIELD(sbx_visitor, peer);
  FIELD(sbx_visitor, auth);
  FIELD(sbx_visitor, token);
  FIELD(sbx_visitor, headers);
  FIELD(sbx_visitor, header_count);
  END(sbx_visitor);
}
static void visitors(void) {
  BEGIN(sbx_visitors);
  FIELD(sbx_visitors, size);
  FIELD(sbx_visitors, reserved);
  FIELD(sbx_visitors, knock);
  FIELD(sbx_visitors, enter);
  FIELD(sbx_visitors, say);
  END(sbx_visitors);
}
static void census_query(void) {
  BEGIN(sbx_census_query);
  FIELD(sbx_census_query, size);
  FIELD(sbx_census_query, flags);
  FIELD(sbx_census_query, channel);
  FIELD(sbx_census_query, prefix);
  FIELD(sbx_census_query, channels_max);
  END(sbx_census_query);
}
static void census_channel(void) {
  BEGIN(sbx_census_channel);
  FIELD(sbx_census_channel, channel);
  FIELD(sbx_census_channel, subscriptions);
  FIELD(sbx_census_channel, users);
  FIELD(sbx_census_channel, members);
  END(sbx_census_channel);
}
static void census_answer(void) {
  BEGIN(sbx_census_answer);
  FIELD(sbx_census_answer, size);
  FIELD(sbx_census_answer, complete);
  FIELD(sbx_census_answer, connections);
  FIELD(sbx_census_answer, channels);
  FIELD(sbx_census_answer, channel_count);
  END(sbx_census_answer);
}
static void census(void) {
  BEGIN(sbx_census);
  FIELD(sbx_census, size);
  FIELD(sbx_census, reserved);
  FIELD(sbx_census, count);
  END(sbx_census);
}
static void grant(void) {
  BEGIN(sbx_grant);
  FIELD(sbx_grant, size);
  FIELD(sbx_grant, status);
  FIELD(sbx_grant, flags);
  FIELD(sbx_grant, code);
  FIELD(sbx_grant, principal);
  FIELD(sbx_grant, member);
  FIELD(sbx_grant, until_ns);
  FIELD(sbx_grant, linger_ns);
  END(sbx_grant);
}
static void open_(void) {
  BEGIN(sbx_open);
  FIELD(sbx_open, size);
  FIELD(sbx_open, reserved);
  END(sbx_open);
}
int main(void) {
  str();
  attr();
  event();
  emit();
  receipt();
  host();
  plugin();
  module();
  loop();
  stream_events();
  dial();
  stream();
  request();
  http_events();
  mount();
  ws_accept();
  http();
  frame();
  outbox();
  member_events();
  fanout();
  want();
  subscribe();
  subscribed();
  log_events();
  cursor();
  log_();
  metrics();
  asset();
  fetch();
  fetched();
  http_client();
  files();
  visitor();
  visitors();
  census_query();
  census_channel();
  census_answer();
  census();
  join_();
  grant();
  gatekeeper();
  admission();
  open_();
  judge();
  replay();
  CONSTANT(SBX_MAGIC);
  CONSTANT(SBX_OK);
  CONSTANT(SBX_DROP);
  CONSTANT(SBX_FULL);
  CONSTANT(SBX_DUPLICATE);
  CONSTANT(SBX_PENDING);
  CONSTANT(SBX_EINVAL);
  CONSTANT(SBX_ESTALE);
  CONSTANT(SBX_ESTATE);
  CONSTANT(SBX_EUNSUPPORTED);
  CONSTANT(SBX_EINTERNAL);
  CONSTANT(SBX_ETIMEOUT);
  CONSTANT(SBX_EREFUSED);
  CONSTANT(SBX_EPROTO);
  CONSTANT(SBX_ETOOBIG);
  CONSTANT(SBX_ECLOSED);
  CONSTANT(SBX_ESLOW);
  CONSTANT(SBX_ENOENT);
  CONSTANT(SBX_ESTORE);
  CONSTANT(SBX_SOURCE);
  CONSTANT(SBX_FILTER);
  CONSTANT(SBX_SINK);
  CONSTANT(SBX_DEBUG);
  CONSTANT(SBX_INFO);
  CONSTANT(SBX_WARN);
  CONSTANT(SBX_ERROR);
  CONSTANT(SBX_CAP_SHARDED);
  CONSTANT(SBX_CAP_LIMITS_FIELDS);
  CONSTANT(SBX_BUILD_ASAN);
  CONSTANT(SBX_BUILD_TSAN);
  CONSTANT(SBX_BUILD_UBSAN);
  CONSTANT(SBX_EVENT_BINARY);
  CONSTANT(SBX_EVENT_GAP);
  CONSTANT(SBX_EVENT_TRANSIENT);
  CONSTANT(SBX_EVENT_PRESENCE);
  CONSTANT(SBX_CURSOR_MAX);
  CONSTANT(SBX_AUTH_MAX);
  CONSTANT(SBX_VISITOR_MAX);
  CONSTANT(SBX_SAYING_MAX);
  CONSTANT(SBX_PRINCIPAL_MAX);
  CONSTANT(SBX_MEMBER_MAX);
  CONSTANT(SBX_GRANT_VOUCHED);
  CONSTANT(SBX_ADMISSION_NS);
  CONSTANT(SBX_FETCHES_MAX);
  CONSTANT(SBX_DIAL_INSECURE);
  CONSTANT(SBX_REQ_TLS);
  CONSTANT(SBX_REQ_WS);
  CONSTANT(SBX_REQ_BODY);
  CONSTANT(SBX_REQ_NO_CORS);
  CONSTANT(SBX_WS_DEFLATE);
  CONSTANT(SBX_FRAME_CONTROL);
  CONSTANT(SBX_OUTBOX_DISCONNECT);
  CONSTANT(SBX_OUTBOX_DROP_OLDEST);
  CONSTANT(SBX_OUTBOX_LATEST);
  SERVICE(SBX_LOOP);
  SERVICE(SBX_STREAM);
  SERVICE(SBX_HTTP);
  SERVICE(SBX_FANOUT);
  SERVICE(SBX_LOG);
  SERVICE(SBX_METRICS);
  SERVICE(SBX_ASSET);
  SERVICE(SBX_HTTP_CLIENT);
  SERVICE(SBX_FILES);
  SERVICE(SBX_ADMISSION);
  SERVICE(SBX_VISITORS);
  SERVICE(SBX_CENSUS);
  SERVICE(SBX_OPEN);
  SERVICE(SBX_JUDGE);
  SERVICE(SBX_REPLAY);
  return holes == 0 ? 0 : 1;
}
