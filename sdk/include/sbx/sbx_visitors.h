/* sbx_visitors.h: who the connections are, what they may say, and how many there are.  Part of the plugin ABI: include
 * sbx.h, whose rules hold here, too. */
#ifndef SBX_SBX_VISITORS_H
#define SBX_SBX_VISITORS_H
#include "sbx.h"
#ifdef __cplusplus
extern "C" {
#endif

/* ---- sbx.visitors/1: who the connections of a sink are, and what they may say ----------------------------------- */
#define SBX_VISITORS "sbx.visitors/1"
typedef struct sbx_visitor {
  uint32_t size, flags;    /* SBX_REQ_TLS */
  sbx_str id;              /* what others may know the connection by: an event's `except` */
  sbx_str peer;            /* sbx_request.peer of its handshake */
  sbx_str auth;            /* what the client offered when it connected: one JSON value; empty = nothing */
  sbx_str token;           /* `token` of its handshake's query, decoded; empty = none */
  const sbx_attr *headers; /* of its handshake, names in lower case */
  size_t header_count;
} sbx_visitor;
typedef struct sbx_visitors {
  uint32_t size, reserved;
  /* [lane] Before a connection is let in: OK | EREFUSED: its address has connected too often (`limits:` of the sink);
   * answered with 429, or as the protocol says it. */
  sbx_status (*knock)(const sbx_host *, sbx_str peer) SBX_NX;
  /* [lane] Who a connection (see fanout) is: before its first subscribe, and anew when more is known of it; what is
   * empty then stays as it was.  Copied where a gatekeeper may ask for it (of the headers: cookie, authorization,
   * referer, origin, user-agent, accept-language), kept until the connection ends, handed on by fanout.transfer.
   * OK | ESTALE | ETOOBIG: auth, token and headers are over SBX_VISITOR_MAX together; it is kept without them. */
  sbx_status (*enter)(const sbx_host *, sbx_id conn, const sbx_visitor *) SBX_NX;
  /* [lane] What a client says to the others in a channel: an event that goes through the pipeline's filters with the
   * attributes "source" = "client" and "principal", to everybody but its sender, and is not kept.  `data` is one JSON
   * value.  OK | ENOENT: the connection is not live in this channel | EREFUSED: clients may say nothing there (the
   * channel begins with neither "private-" nor "presence-"), or not this (the event's name does not begin with
   * "client-") | EINVAL: no JSON, or an over-long name | ETOOBIG: over SBX_SAYING_MAX | FULL: too much of it
   * (`limits:`), it is not taken. */
  sbx_status (*say)(const sbx_host *, sbx_id conn, sbx_str channel, sbx_str event, sbx_str data) SBX_NX;
} sbx_visitors;
#define SBX_VISITOR_MAX 32768
#define SBX_SAYING_MAX  65536

/* ---- sbx.census/1: who listens to the pipelines of a source -------------------------------------------------------
 */
#define SBX_CENSUS "sbx.census/1"
typedef struct sbx_census_query {
  uint32_t size, flags;
  sbx_str channel; /* this one; empty = all that begin with `prefix` */
  sbx_str prefix;
  size_t channels_max; /* of the answer; 0 = as many as the host gives */
} sbx_census_query;
typedef struct sbx_census_channel {
  sbx_str channel;
  uint64_t subscriptions; /* connections in it */
  uint64_t users;         /* of a presence channel */
  sbx_str members;        /* when one channel was asked for, and it is a presence channel: a JSON array */
} sbx_census_channel;
typedef struct sbx_census_answer {
  uint32_t size;
  int32_t complete;                   /* 0: there are more channels */
  uint64_t connections;               /* of these pipelines' sinks */
  const sbx_census_channel *channels; /* by name; those that somebody is in */
  size_t channel_count;
} sbx_census_answer;
typedef struct sbx_census {
  uint32_t size, reserved;
  /* [lane] From start() on; sources.  fn is called once, in a later call.  FULL: too many are under way. */
  sbx_status (*count)(const sbx_host *, const sbx_census_query *, void (*fn)(void *, const sbx_census_answer *) SBX_NX,
                      void *user) SBX_NX;
} sbx_census;

#ifdef __cplusplus
}
#endif
#endif
