/* sbx.h: the signalbox plugin ABI, major version 1.  C11 and the C standard library only.
 *
 * Rules that hold for every function below (this header is the contract; tests quote the rules by number):
 *  R1  Memory is freed by the side that made it.  Pointers passed in a call are borrowed for that call.
 *  R2  Nothing is thrown across the border: every function type is noexcept in C++.
 *  R3  The host never calls a plugin from inside a plugin's call to the host.  What a call causes (on_close,
 *      on_drain, on_ready, on_ack ...) arrives in a later call on the same lane.  The one exception is a visitor:
 *      a function that is itself an argument of the call (fanout.take, asset.load) runs before that call returns.
 *  R4  [lane] = only on the instance's own lane, one call at a time.  [any] = any thread, concurrently.
 *  R5  Structs that may grow start with `size`; fields are appended, never changed or reordered; read newer ones
 *      with SBX_HAS.
 *  R6  Things with a life of their own are 64-bit ids with a generation: a stale id is answered with SBX_ESTALE
 *      (or ignored where a function returns nothing), it is never a fault.
 *  R7  Names of services and extensions end in "/revision"; a breaking change is a new name.
 *
 * Life of an instance: create (no I/O; the configuration is judged here, see sbx_host.problem) -> start -> calls
 * -> stop (answered by sbx_host.stopped, at once or later) -> destroy.  A plugin with SBX_CAP_SHARDED gets one
 * instance per lane; every other plugin gets one instance on one lane.  An instance is single-threaded. */
#ifndef SBX_SBX_H
#define SBX_SBX_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
#define SBX_NX noexcept
extern "C" {
#else
#define SBX_NX
#endif
#define SBX_EXPORT        __attribute__((visibility("default")))
#define SBX_MAGIC         0x31584253u /* "SBX1", little endian */
#define SBX_ABI_MINOR     0u
#define SBX_HAS(p, field) ((size_t)((const char *)(&(p)->field + 1) - (const char *)(p)) <= (p)->size)

/* Bytes, not NUL-terminated.  ptr may be NULL only when len is 0. */
typedef struct sbx_str {
  const char *ptr;
  size_t len;
} sbx_str;
typedef struct sbx_attr {
  sbx_str key, value;
} sbx_attr;
typedef uint64_t sbx_id; /* 0 = none */

typedef int32_t sbx_status; /* >= 0: normal answers; < 0: errors */
enum {
  SBX_OK = 0,
  SBX_DROP = 1,      /* a filter's verdict */
  SBX_FULL = 2,      /* taken (streams, connections) or refused for now (emit): see the function */
  SBX_DUPLICATE = 3, /* a receipt's: the key was seen before, nothing was routed */
  SBX_PENDING = 4,   /* an admission's: answered later */
  SBX_EINVAL = -1,
  SBX_ESTALE = -2, /* the id names nothing that is still there */
  SBX_ESTATE = -3, /* not allowed in this state */
  SBX_EUNSUPPORTED = -4,
  SBX_EINTERNAL = -5,
  SBX_ETIMEOUT = -6,
  SBX_EREFUSED = -7,
  SBX_EPROTO = -8,   /* the peer broke the protocol */
  SBX_ETOOBIG = -9,  /* over a configured limit */
  SBX_ECLOSED = -10, /* the peer went away */
  SBX_ESLOW = -11,   /* the peer read too slowly and its outbox overflowed */
  SBX_ENOENT = -12,  /* no such file, listener, ... */
  SBX_ESTORE = -13   /* a receipt's: it could not be made durable; nothing of it was kept or routed */
};
enum { SBX_SOURCE = 1, SBX_FILTER = 2, SBX_SINK = 3 };
enum { SBX_DEBUG = 1, SBX_INFO = 2, SBX_WARN = 3, SBX_ERROR = 4 };
enum {
  SBX_CAP_SHARDED = 1u,      /* one instance per lane */
  SBX_CAP_LIMITS_FIELDS = 2u /* a filter that lets out no field which its configuration does not name */
};
enum { SBX_BUILD_ASAN = 1u, SBX_BUILD_TSAN = 2u, SBX_BUILD_UBSAN = 4u };

/* An event.  As an argument of emit() it is a draft, which the host copies; everywhere else it is immutable.
 * A draft leaves epoch, seq, wall_ns, scope and cursor 0. */
typedef struct sbx_event {
  uint32_t size, flags;  /* SBX_EVENT_* */
  uint64_t epoch, seq;   /* position in the log: all lanes deliver in this order */
  int64_t wall_ns;       /* when it was accepted; ns since 1970-01-01 UTC */
  sbx_str channel, name; /* UTF-8 */
  sbx_str data;          /* one JSON value (UTF-8), or any bytes with SBX_EVENT_BINARY */
  sbx_str id;            /* the source's own id (for dedupe); may be empty */
  sbx_str except;        /* public id of a connection that must not get it; may be empty */
  const sbx_attr *attrs; /* facts for filters: "source", "verified", "principal" ...; never sent to clients */
  size_t attr_count;
  sbx_str cursor; /* the position as clients are shown it: URL-safe, at most SBX_CURSOR_MAX bytes */
  uint32_t scope; /* which pipeline it came through: log.publish reaches whom that pipeline has admitted */
  uint32_t reserved;
} sbx_event;
enum {
  SBX_EVENT_BINARY = 1u,
  /* Only to sinks, by on_event or on_replay: events of this channel were lost for those who get it.  It has a channel
   * and a scope, nothing else; each protocol has its own way to say it. */
  SBX_EVENT_GAP = 2u,
  /* Also of a draft: no channel keeps it, and nobody is replayed it. */
  SBX_EVENT_TRANSIENT = 4u,
  /* Only to sinks, by on_event or on_replay: the members of a presence channel changed.  `name` is "joining" or
   * "leaving" and `data` the member (see sbx_grant), or "here" and all of them as a JSON array: in place of changes
   * that this connection missed.  log.publish leaves out the connections of that member. */
  SBX_EVENT_PRESENCE = 8u
};
#define SBX_CURSOR_MAX 64

/* How an event is emitted, beside what it is. */
typedef struct sbx_emit {
  uint32_t size, flags;
  uint64_t ack;       /* other than 0: answered by on_ack in a later turn, once */
  sbx_str dedupe_key; /* any bytes, at most 512, unique within this source; empty = every emit is a new event */
  int64_t dedupe_ns;  /* how long the key is remembered, across restarts where there is a store */
  sbx_str raw;        /* bytes kept beside the event in the store (a callback as it came); may be empty */
} sbx_emit;
/* What became of it.  OK: routed, and on disk where its channel is durable or a dedupe key had to be remembered.
 * DUPLICATE: `cursor` is that of the first one.  FULL: lost from a full queue.  ESTORE: see there. */
typedef struct sbx_receipt {
  uint32_t size;
  sbx_status status;
  sbx_str cursor; /* the event's position (of the last one, if it became several); empty when nothing was placed */
} sbx_receipt;

typedef struct sbx_host sbx_host;
struct sbx_host { /* one per instance; outlives destroy() */
  uint32_t size, abi_minor;
  void *ctx;
  const char *instance; /* its name in the YAML, for messages */
  /* [lane] The table of a service by name ("sbx.loop/1"), valid as long as the instance; NULL = this host has none. */
  const void *(*service)(const sbx_host *, const char *name)SBX_NX;
  /* [lane] Source: hands an event to the instance's pipelines.  Filter, inside on_event: adds a replacement that goes
   * on behind this filter.  OK; FULL = not taken, the queue is full; EINVAL = no channel or too big a part; ESTATE =
   * this kind of plugin cannot emit, or not now.  `how` may be NULL. */
  sbx_status (*emit)(const sbx_host *, const sbx_event *draft, const sbx_emit *how) SBX_NX;
  /* [any] Keeps an event that the host passed in (not a draft) past the call; release it once per retain. */
  void (*retain)(const sbx_host *, const sbx_event *) SBX_NX;
  void (*release)(const sbx_host *, const sbx_event *) SBX_NX; /* [any] */
  /* [any] One line; the host adds time, level and instance, and limits the rate. */
  void (*log)(const sbx_host *, int32_t level, sbx_str text) SBX_NX;
  /* [lane] In create: a problem in the configuration, by JSON pointer into `with:` ("/rules/0/keep/1"). */
  void (*problem)(const sbx_host *, sbx_str json_pointer, sbx_str text) SBX_NX;
  /* [lane] After stop(): the instance has nothing more to do. */
  void (*stopped)(const sbx_host *) SBX_NX;
  /* [lane] Filter, inside on_event before DROP or an error: why, in one short fixed word ("no_rule"); it becomes the
   * `reason` of the event's end in metrics and tap. */
  void (*reason)(const sbx_host *, sbx_str word) SBX_NX;
  /* [lane] Source: is it connected to what it reads?  (readiness; a source that never says anything counts as ready) */
  void (*ready)(const sbx_host *, int32_t yes) SBX_NX;
  /* [lane] In create: like problem(), of something that works but should be thought over. */
  void (*warning)(const sbx_host *, sbx_str json_pointer, sbx_str text) SBX_NX;
  /* [any] Would a line of this level be written now?  Ask before making the text of a line that may come often.  0:
   * leave it out; where the rate is the reason, the host has counted it as left out. */
  int32_t (*log_wanted)(const sbx_host *, int32_t level) SBX_NX;
};

typedef struct sbx_plugin { /* static const in the module; NULL hook = not wanted */
  uint32_t size, kind, caps, reserved;
  const char *type;        /* `plugin:` in the YAML: lower-case letters, digits, '_' */
  const char *version;     /* "1.0.0" */
  const char *summary;     /* one sentence */
  const char *schema_json; /* JSON Schema of `with:`, see sdk/README.md for the dialect */
  /* No I/O here.  `config_json` was validated against the schema: defaults are filled in, durations are integers in
   * milliseconds, sizes integers in bytes.  NULL = refused, after at least one problem(). */
  void *(*create)(const sbx_host *, sbx_str config_json)SBX_NX;
  void (*destroy)(void *) SBX_NX;
  sbx_status (*start)(void *) SBX_NX;
  void (*stop)(void *, int64_t deadline_ns) SBX_NX;                 /* mono time; NULL = stopped as soon as asked */
  sbx_status (*on_event)(void *, const sbx_event *) SBX_NX;         /* filter: OK = pass, DROP, or an error; sink: OK */
  void (*on_turn_end)(void *) SBX_NX;                               /* sink: the events of this turn are all in */
  void (*on_ack)(void *, uint64_t ack, const sbx_receipt *) SBX_NX; /* source */
  const void *(*extension)(void *, const char *name)SBX_NX;
} sbx_plugin;

typedef struct sbx_module {
  uint32_t magic, size;
  uint32_t abi_minor, build_flags;
  const char *name, *version, *toolchain;
  const sbx_plugin *const *plugins;
  size_t plugin_count;
} sbx_module;
/* The one exported symbol.  The major version is in its name. */
SBX_EXPORT const sbx_module *sbx_module_v1(uint32_t host_abi_minor) SBX_NX;

/* ---- sbx.loop/1: time, chance, timers, lanes ------------------------------------------------------------------ */
#define SBX_LOOP "sbx.loop/1"
typedef struct sbx_loop {
  uint32_t size, reserved;
  int64_t (*mono_ns)(const sbx_host *) SBX_NX;                    /* [any] */
  int64_t (*wall_ns)(const sbx_host *) SBX_NX;                    /* [any] ns since 1970-01-01 UTC */
  void (*random)(const sbx_host *, void *out, size_t len) SBX_NX; /* [any] cryptographic */
  /* [lane] Calls fn after `after_ns`, then every `every_ns` (0 = once; the id is stale after a single shot). */
  sbx_id (*timer)(const sbx_host *, int64_t after_ns, int64_t every_ns, void (*fn)(void *, sbx_id) SBX_NX,
                  void *user) SBX_NX;
  sbx_status (*cancel)(const sbx_host *, sbx_id timer) SBX_NX; /* [lane] fn is not called after this */
  /* [any] Calls fn on the instance's lane, in order; ESTATE once the instance has been destroyed. */
  sbx_status (*post)(const sbx_host *, void (*fn)(void *) SBX_NX, void *user) SBX_NX;
  uint32_t (*lane)(const sbx_host *) SBX_NX;  /* [any] this instance's lane, from 0 */
  uint32_t (*lanes)(const sbx_host *) SBX_NX; /* [any] how many there are */
} sbx_loop;

/* ---- sbx.stream/1: outbound byte streams ---------------------------------------------------------------------- */
#define SBX_STREAM "sbx.stream/1"
typedef struct sbx_stream_events {
  uint32_t size, reserved;
  void (*on_open)(void *, sbx_id) SBX_NX; /* connected, TLS shaken and verified */
  void (*on_data)(void *, sbx_id, sbx_str) SBX_NX;
  void (*on_drain)(void *, sbx_id) SBX_NX; /* after a send was answered FULL: there is room again */
  void (*on_close)(void *, sbx_id, sbx_status why, sbx_str text) SBX_NX; /* once, last; also when dialling failed */
} sbx_stream_events;
typedef struct sbx_dial {
  uint32_t size, flags;
  sbx_str url;         /* tcp://host:port  tls://host:port  unix:///path */
  int64_t timeout_ns;  /* name look-up, connect and TLS handshake together; 0 = 10 s */
  sbx_str ca;          /* PEM file; empty = the system's trust store */
  sbx_str certificate; /* PEM file of a client certificate chain; empty = none */
  sbx_str key;         /* PEM file of its key */
  sbx_str server_name; /* for SNI and verification; empty = the URL's host */
} sbx_dial;
enum { SBX_DIAL_INSECURE = 1u }; /* do not verify the peer's certificate */
typedef struct sbx_stream {
  uint32_t size, reserved;
  sbx_id (*dial)(const sbx_host *, const sbx_dial *, const sbx_stream_events *, void *user) SBX_NX; /* [lane] */
  sbx_status (*send)(const sbx_host *, sbx_id, sbx_str) SBX_NX; /* [lane] FULL = taken, now wait for on_drain */
  sbx_status (*set_reading)(const sbx_host *, sbx_id, int32_t on) SBX_NX; /* [lane] */
  void (*close)(const sbx_host *, sbx_id) SBX_NX;                         /* [lane] on_close(OK) follows */
} sbx_stream;

/* ---- sbx.http/1: endpoints on listeners that the YAML names and the host owns ---------------------------------- */
#define SBX_HTTP "sbx.http/1"
typedef struct sbx_request {
  uint32_t size, flags;    /* SBX_REQ_* */
  sbx_str method;          /* "GET" */
  sbx_str path;            /* as sent, without the query */
  sbx_str query;           /* as sent, without '?' */
  sbx_str peer;            /* address text: the TCP peer, or what a trusted proxy said */
  sbx_str host;            /* the Host header */
  sbx_str origin;          /* the Origin header; the host has already checked it against `origins:` */
  const sbx_attr *headers; /* names in lower case, in the order sent */
  size_t header_count;
} sbx_request;
enum {
  SBX_REQ_TLS = 1u,    /* the client's side of it (a trusted proxy's X-Forwarded-Proto counts) */
  SBX_REQ_WS = 2u,     /* a well-formed WebSocket upgrade: accept_ws is possible */
  SBX_REQ_BODY = 4u,   /* on_body follows */
  SBX_REQ_NO_CORS = 8u /* the request came without Origin but a browser says it is cross-site (Sec-Fetch-Site) */
};
/* An id stands for one exchange: one request with its response, or one WebSocket.  on_close is called once for
 * each id that on_request announced, last: OK when the exchange ended as the plugin asked, else why it broke. */
typedef struct sbx_http_events {
  uint32_t size, reserved;
  void (*on_request)(void *, sbx_id, const sbx_request *) SBX_NX;
  void (*on_body)(void *, sbx_id, sbx_str chunk, int32_t last) SBX_NX;
  void (*on_message)(void *, sbx_id, sbx_str data, int32_t binary) SBX_NX; /* after accept_ws; whole messages */
  void (*on_drain)(void *, sbx_id) SBX_NX; /* after an answer of FULL: everything is written */
  void (*on_close)(void *, sbx_id, sbx_status why, uint32_t ws_code) SBX_NX;
  /* Which lane a request belongs to, or -1 for the one it came in on.  Called on any lane, before on_request. */
  int32_t (*lane_of)(void *, const sbx_request *) SBX_NX;
} sbx_http_events;
typedef struct sbx_mount {
  uint32_t size, flags;
  sbx_str listener;  /* its name in the YAML */
  sbx_str path;      /* "/ws": requests for it and for everything below "/ws/" */
  uint64_t body_max; /* bytes; 0 or more than the listener allows = the listener's limit */
  /* A peer that for this long acknowledges nothing of what was written to it is dead (TCP_USER_TIMEOUT; of a WebSocket,
   * its pings if they tell as soon); 0 = the system's patience. */
  int64_t unacked_ns;
} sbx_mount;
typedef struct sbx_ws_accept {
  uint32_t size, flags; /* SBX_WS_* */
  sbx_str subprotocol;  /* empty = none */
  uint64_t message_max; /* bytes; 0 = the listener's limit */
  /* The host sends a ping (RFC 6455 section 5.5.2) whenever nothing came for `ping_ns`, and closes with ETIMEOUT when
   * nothing came for `ping_ns + pong_ns`; whatever arrives, and whatever a full connection takes, is a sign of life.  0
   * = no pings. */
  int64_t ping_ns, pong_ns;
} sbx_ws_accept;
enum {
  SBX_WS_DEFLATE = 1u /* permessage-deflate (RFC 7692) when the client offers it, without context takeover */
};
typedef struct sbx_http {
  uint32_t size, reserved;
  /* [lane] In start(), later ESTATE.  ENOENT = no such listener; EREFUSED = the path is taken. */
  sbx_status (*mount)(const sbx_host *, const sbx_mount *, const sbx_http_events *, void *user) SBX_NX;
  /* [lane] Status line, headers and (the first part of) the body.  The host adds Date, Content-Length or chunking,
   * Connection and CORS headers.  more = 0: the response is complete, its id stale; else it answers as write does. */
  sbx_status (*respond)(const sbx_host *, sbx_id, uint32_t status, const sbx_attr *headers, size_t n, sbx_str body,
                        int32_t more) SBX_NX;
  /* [lane] OK | FULL = taken, on_drain follows | ESLOW = not taken, the outbox is full: on_close follows.  So send. */
  sbx_status (*write)(const sbx_host *, sbx_id, sbx_str chunk, int32_t more) SBX_NX;
  sbx_status (*accept_ws)(const sbx_host *, sbx_id, const sbx_ws_accept *) SBX_NX;   /* [lane] answers 101 */
  sbx_status (*send)(const sbx_host *, sbx_id, sbx_str data, int32_t binary) SBX_NX; /* [lane] one WebSocket message */
  /* [lane] WebSocket: close handshake with this code (RFC 6455 section 7.4); anything else: after what was written so
   * far the connection is closed.  on_close follows. */
  void (*close)(const sbx_host *, sbx_id, uint32_t ws_code, sbx_str reason) SBX_NX;
} sbx_http;

/* ---- sbx.fanout/1: encode once, send to every member ------------------------------------------------------------
 * A group is a set of connections of this instance on this lane: WebSockets and streaming responses by their id, and
 * virtual members, whose frames wait in the host until the plugin takes them (a long-polling session). */
#define SBX_FANOUT "sbx.fanout/1"
typedef struct sbx_frame {
  uint32_t size, flags;  /* SBX_FRAME_* */
  const sbx_str *parts;  /* each one WebSocket message, or one piece of a streaming response */
  const uint8_t *binary; /* one flag per part; NULL = all text */
  size_t part_count;     /* all parts or none reach a member */
  sbx_str coalesce_key;  /* policy `latest`: a queued frame with this key is replaced */
  /* What takes its place when the outbox's policy drops this frame: one message or piece that tells the gap.  Equal
   * neighbours are told once.  Empty = nothing. */
  sbx_str gap;
} sbx_frame;
enum { SBX_FRAME_CONTROL = 1u }; /* exempt from the outbox's limits and policy */
enum { SBX_OUTBOX_DISCONNECT = 0, SBX_OUTBOX_DROP_OLDEST = 1, SBX_OUTBOX_LATEST = 2 };
typedef struct sbx_outbox {
  uint32_t size, policy;
  uint64_t bytes_max; /* queued for one connection */
} sbx_outbox;
typedef struct sbx_member_events {
  uint32_t size, reserved;
  void (*on_ready)(void *, sbx_id) SBX_NX; /* frames wait; called again only after they were all taken */
  void (*on_close)(void *, sbx_id, sbx_status why) SBX_NX; /* its outbox overflowed: the member is gone, its id stale */
} sbx_member_events;
typedef struct sbx_fanout {
  uint32_t size, reserved;
  sbx_status (*outbox)(const sbx_host *, const sbx_outbox *) SBX_NX; /* [lane] limits for connections made later */
  sbx_status (*join)(const sbx_host *, sbx_id conn, sbx_str group) SBX_NX;  /* [lane] twice is once */
  sbx_status (*leave)(const sbx_host *, sbx_id conn, sbx_str group) SBX_NX; /* [lane] a closed one leaves by itself */
  /* [lane] To all members of a group but `except`; how many they are. */
  size_t (*publish)(const sbx_host *, sbx_str group, const sbx_frame *, sbx_id except) SBX_NX;
  /* [lane] To one; answers as http.write.  ESTATE: the exchange is no WebSocket and no streaming response (yet). */
  sbx_status (*post)(const sbx_host *, sbx_id conn, const sbx_frame *) SBX_NX;
  sbx_id (*member)(const sbx_host *, const sbx_member_events *, void *user) SBX_NX; /* [lane] makes a virtual member */
  /* [lane] Takes whole frames, oldest first, until `bytes_max` is reached (at least one); how many. */
  size_t (*take)(const sbx_host *, sbx_id member, size_t bytes_max, void (*fn)(void *, const sbx_frame *) SBX_NX,
                 void *user) SBX_NX;
  /* [lane] Hands what waits for a virtual member, which is gone afterwards, and its groups to a WebSocket or another
   * virtual member; EUNSUPPORTED for anything else.  ESTATE, and nothing has happened: `to` has a subscribe under way
   * (sbx.log), or `from` has one and `to` is in channels already. */
  sbx_status (*transfer)(const sbx_host *, sbx_id from, sbx_id to) SBX_NX;
  void (*drop)(const sbx_host *, sbx_id member) SBX_NX; /* [lane] ends a virtual member; no on_close */
  /* [lane] Keeps a copy of a frame for post_shared until this turn ends: for what many connections get one after the
   * other (on_replay), which is encoded once and leaves as one run of bytes.  0: no room in this turn, post it. */
  sbx_id (*share)(const sbx_host *, const sbx_frame *) SBX_NX;
  /* [lane] As post, with what was shared.  ESTALE: `conn` is gone, or `shared` is of a former turn: post the frame. */
  sbx_status (*post_shared)(const sbx_host *, sbx_id conn, sbx_id shared) SBX_NX;
} sbx_fanout;

/* ---- sbx.log/1: channels, what is retained of them, and who listens ----------------------------------------------
 * Subscribing is one operation of the host: admission -> register -> note the head -> gate -> replay -> release.  A
 * connection hears of its channels in the log's order, nothing lost and nothing twice; where that cannot be kept it is
 * shown a gap.  A connection is what fanout takes: a WebSocket, a streaming response, a virtual member.
 * Cursors are text, opaque to clients.  One that is no cursor, or reaches back too far, is a gap and never an error. */
#define SBX_LOG "sbx.log/1"
typedef struct sbx_want {
  sbx_str channel;
  sbx_str since; /* a cursor; empty = none: what the channel's `replay:` says */
  /* What the client offers for being admitted: the JSON value that it sent with this subscription, or a JSON string
   * where its protocol has a token only.  At most SBX_AUTH_MAX bytes, else EINVAL; empty = nothing.  Never logged. */
  sbx_str auth;
} sbx_want;
#define SBX_AUTH_MAX 16384
typedef struct sbx_subscribe {
  uint32_t size, flags;
  uint64_t ref; /* said back by the callbacks */
  /* Which encoding of an event these subscriptions get: log.publish reaches the subscribers of one kind.  At most 64
   * bytes ("4:/" for a namespace); the same for all subscriptions of a connection. */
  sbx_str kind;
  const sbx_want *channels; /* replayed together, in the log's order */
  size_t channel_count;
} sbx_subscribe;
typedef struct sbx_subscribed {
  uint32_t size;
  sbx_status status; /* OK | EINVAL: no name for a channel | EREFUSED: not admitted */
  uint64_t ref;
  sbx_str channel;
  /* Safe to be stored at once: where the replay begins, or the connection's place if there is none.  The same for all
   * channels of one subscribe. */
  sbx_str cursor;
  int32_t recovered; /* a cursor was given, and nothing after it is missing */
  /* EREFUSED: why, as HTTP would say it: 401, 403, 429 ..., the same for what is forbidden and what does not exist; 0
   * or 5xx = it could not be judged now, the client may try again. */
  uint32_t code;
  sbx_str members; /* of a presence channel: a JSON array with everybody in it, the client too; else empty */
} sbx_subscribed;
typedef struct sbx_log_events {
  uint32_t size, reserved;
  /* Once for each channel of a subscribe, in the order asked, before its first event; not for one that was unsubscribed
   * before its turn.  A connection's subscribes are answered one after the other: the next one's begin after on_live,
   * and what the plugin asks for in on_live begins before anything else reaches that connection.  A connection that
   * closes meanwhile hears no more. */
  void (*on_subscribed)(void *, sbx_id conn, const sbx_subscribed *) SBX_NX;
  /* For this connection alone: an event that was retained or held back at the gate, or SBX_EVENT_GAP.  As long as a
   * connection waits at the gate, this is how it gets the events of all its channels, those it was live in before too.
   */
  void (*on_replay)(void *, sbx_id conn, const sbx_event *) SBX_NX;
  /* Everything that subscribe `ref` had to replay was handed over; from here on its channels are live.  `cursor`: the
   * connection's place in the log, which nothing that it is still to get lies before. */
  void (*on_live)(void *, sbx_id conn, uint64_t ref, sbx_str cursor) SBX_NX;
  /* The host has ended a subscription that was answered OK: what admitted it has expired.  `code` as in sbx_subscribed
   * (401).  Nothing more of this channel is handed over; the client may subscribe to it again. */
  void (*on_ended)(void *, sbx_id conn, sbx_str channel, uint32_t code) SBX_NX;
} sbx_log_events;
typedef struct sbx_cursor {
  uint32_t len;
  char text[SBX_CURSOR_MAX];
} sbx_cursor;
typedef struct sbx_log {
  uint32_t size, reserved;
  sbx_status (*open)(const sbx_host *, const sbx_log_events *, void *user) SBX_NX; /* [lane] sinks; in start, once */
  /* [lane] OK: callbacks follow | ESTALE | ESTATE: not open, or the connection takes no frames yet | EINVAL: no
   * channels, no good `kind`, or another than this connection's | ETOOBIG: more channels, or bytes of their names, than
   * one connection may wait for.  What a connection is already in is joined and replays nothing; its admission is
   * judged anew, and a refusal leaves the one that it has. */
  sbx_status (*subscribe)(const sbx_host *, sbx_id conn, const sbx_subscribe *) SBX_NX;
  /* [lane] Nothing more of this channel is handed over.  ENOENT: it was not in it and did not wait for it. */
  sbx_status (*unsubscribe)(const sbx_host *, sbx_id conn, sbx_str channel) SBX_NX;
  /* [lane] In on_event: to all subscribers of the event's channel with this kind that its pipeline admitted, but
   * `except`; how many they are. */
  size_t (*publish)(const sbx_host *, const sbx_event *, sbx_str kind, const sbx_frame *, sbx_id except) SBX_NX;
  /* [lane] This lane's place: every event up to it has been given to this instance. */
  void (*head)(const sbx_host *, sbx_cursor *out) SBX_NX;
  void (*cursor)(const sbx_host *, uint64_t epoch, uint64_t seq, sbx_cursor *out) SBX_NX;     /* [any] */
  sbx_status (*parse)(const sbx_host *, sbx_str text, uint64_t *epoch, uint64_t *seq) SBX_NX; /* [any] EINVAL */
} sbx_log;

/* ---- sbx.metrics/1: counters and gauges of this instance ------------------------------------------------------- */
#define SBX_METRICS "sbx.metrics/1"
typedef struct sbx_metrics {
  uint32_t size, reserved;
  /* [lane] name: "signalbox_redis_reconnects_total"; kind 'c' counter or 'g' gauge.  The host adds the label
   * `instance`; `label` is one more, or empty.  The same words give the same id on every lane.  0 = too many. */
  sbx_id (*make)(const sbx_host *, char kind, sbx_str name, sbx_str help, sbx_attr label) SBX_NX;
  void (*add)(const sbx_host *, sbx_id, double) SBX_NX; /* [any] */
  void (*set)(const sbx_host *, sbx_id, double) SBX_NX; /* [any] gauges */
} sbx_metrics;

/* ---- sbx.asset/1: read-only files that belong to a plugin -------------------------------------------------------- */
#define SBX_ASSET "sbx.asset/1"
typedef struct sbx_asset {
  uint32_t size, reserved;
  /* [lane] In create or start.  `name` is a relative path without "..", looked for in share/signalbox beside the
   * program.  OK after one call of fn with the whole file; ENOENT; ETOOBIG (over 4 MiB). */
  sbx_status (*load)(const sbx_host *, sbx_str name, void (*fn)(void *, sbx_str bytes) SBX_NX, void *user) SBX_NX;
} sbx_asset;

/* ---- sbx.http_client/1: requests to servers that the configuration names ------------------------------------------
 * HTTP/1.1, one connection each.  Redirects are answers like any other, nothing is decompressed, certificates are
 * verified.  The host logs no URL, header or body. */
#define SBX_HTTP_CLIENT "sbx.http_client/1"
typedef struct sbx_fetch {
  uint32_t size, flags;
  sbx_str method; /* "GET" */
  sbx_str url;    /* http:// or https://, without user information; a fragment is left out */
  /* Names are tokens, values have no control character.  Host, Content-Length, Transfer-Encoding, TE, Trailer,
   * Connection, Keep-Alive, Upgrade, Expect and Accept-Encoding are the host's business: no good request. */
  const sbx_attr *headers;
  size_t header_count;
  sbx_str body;       /* at most 4 MiB */
  int64_t timeout_ns; /* of the whole exchange; 0 = 10 s */
  uint64_t body_max;  /* bytes of the answer's body; 0 = 64 KiB; at most 4 MiB */
  sbx_str ca;         /* PEM file; empty = the system's trust store */
} sbx_fetch;
typedef struct sbx_fetched {
  uint32_t size;
  sbx_status status;    /* OK: a whole answer came | EREFUSED | ETIMEOUT | EPROTO | ETOOBIG | ECLOSED */
  uint32_t http_status; /* 200 ... */
  uint32_t reserved;
  const sbx_attr *headers; /* names in lower case, in the order sent */
  size_t header_count;
  sbx_str body;
  sbx_str text; /* what went wrong, in words that hold no part of the request */
} sbx_fetched;
typedef struct sbx_http_client {
  uint32_t size, reserved;
  /* [lane] From start() on.  fn is called once, in a later call, unless it is cancelled.  0 = no good request, or too
   * many (SBX_FETCHES_MAX for an instance) are under way: then fn is not called. */
  sbx_id (*fetch)(const sbx_host *, const sbx_fetch *, void (*fn)(void *, sbx_id, const sbx_fetched *) SBX_NX,
                  void *user) SBX_NX;
  sbx_status (*cancel)(const sbx_host *, sbx_id) SBX_NX; /* [lane] */
} sbx_http_client;
#define SBX_FETCHES_MAX 256

/* ---- sbx.files/1: files that the configuration names (keys, certificates) ---------------------------------------- */
#define SBX_FILES "sbx.files/1"
typedef struct sbx_files {
  uint32_t size, reserved;
  /* [lane] From create on.  Calls fn with the whole file before it returns.  A relative path begins where the program
   * was started.  ENOENT | EREFUSED: no permission | ETOOBIG: over 1 MiB | EINVAL: no regular file |
   * EINTERNAL: anything else that the system says. */
  sbx_status (*read)(const sbx_host *, sbx_str path, void (*fn)(void *, sbx_str bytes) SBX_NX, void *user) SBX_NX;
  /* [lane] From create on.  Calls fn in a later call whenever the file was replaced or changed since it was last read
   * (looked at every few seconds); the plugin reads it then.  0 = too many.  There is no end to it but the instance's.
   */
  sbx_id (*watch)(const sbx_host *, sbx_str path, void (*fn)(void *, sbx_id) SBX_NX, void *user) SBX_NX;
} sbx_files;
#ifdef __cplusplus
}
#endif
#include "sbx_extensions.h"
#endif
