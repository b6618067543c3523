/* sbx_extensions.h: what a plugin may offer beside its hooks (sbx_plugin.extension), and the services that go with it.
 * Part of the plugin ABI: include sbx.h, whose rules hold here, too. */
#ifndef SBX_SBX_EXTENSIONS_H
#define SBX_SBX_EXTENSIONS_H
#include "sbx.h"
#include "sbx_visitors.h"
#ifdef __cplusplus
extern "C" {
#endif

/* ---- sbx.admission/1: who may listen -------------------------------------------------------------------------------
 * An extension of sources and filters: whoever subscribes to a channel is shown to every such instance of a pipeline
 * before anything of that pipeline reaches him.  A pipeline is heard when all its instances say OK; a subscription is
 * refused (EREFUSED) when no pipeline of the sink is heard.  A channel whose name begins with "private-" or "presence-"
 * (a restricted one) is heard only where one of them also vouches for the visitor. */
#define SBX_ADMISSION "sbx.admission/1"
typedef struct sbx_join {
  uint32_t size, flags;
  sbx_str channel; /* UTF-8, valid */
  sbx_str auth;    /* see sbx_want */
  /* As its sink introduced the connection.  NULL: it did not. */
  const sbx_visitor *visitor;
} sbx_join;
typedef struct sbx_grant {
  uint32_t size;
  sbx_status status; /* OK | EREFUSED */
  uint32_t flags;    /* SBX_GRANT_* */
  uint32_t code;     /* EREFUSED: see sbx_subscribed */
  sbx_str principal; /* who it is: UTF-8, at most SBX_PRINCIPAL_MAX bytes; empty = nobody in particular */
  sbx_str member;   /* the JSON object that the other members see; at most SBX_MEMBER_MAX bytes; empty = none.  It makes
                       the channel a presence channel, in which `principal` (not empty) counts once. */
  int64_t until_ns; /* wall; the subscription ends then; 0 = with the connection */
  int64_t linger_ns; /* how long a member whose last connection broke off still counts as there */
} sbx_grant;
enum { SBX_GRANT_VOUCHED = 1u /* also for a restricted channel */ };
#define SBX_PRINCIPAL_MAX 256
#define SBX_MEMBER_MAX    8192
typedef struct sbx_gatekeeper {
  uint32_t size, reserved;
  /* [lane] The instance's, not the client's.  OK: nothing against it | EREFUSED (403) | PENDING: admission.answer says
   * more, now or later.  Anything else is a refusal. */
  sbx_status (*admit)(void *plugin, sbx_id ask, const sbx_join *) SBX_NX;
} sbx_gatekeeper;
typedef struct sbx_admission { /* the service */
  uint32_t size, reserved;
  /* [lane] Once for each ask that is PENDING, also from inside admit.  What is not answered within SBX_ADMISSION_NS is
   * refused with code 0. */
  void (*answer)(const sbx_host *, sbx_id ask, const sbx_grant *) SBX_NX;
} sbx_admission;
#define SBX_ADMISSION_NS INT64_C(120000000000)

/* ---- sbx.open/1: an extension of sinks ----------------------------------------------------------------------------
 * Its table is empty: a sink that has it, in the configuration that it was given, tells every event to whoever
 * connects.  Nobody is asked for leave there, so the host refuses to put it behind a gatekeeper. */
#define SBX_OPEN "sbx.open/1"
typedef struct sbx_open {
  uint32_t size, reserved;
} sbx_open;

/* ---- sbx.judge/1: an extension of sources that take requests, for the command `webhook verify` --------------------
 */
#define SBX_JUDGE "sbx.judge/1"
typedef struct sbx_judge {
  uint32_t size, reserved;
  /* [lane] Between create and start.  What the source would make of this request at that time: nothing is emitted,
   * answered or remembered.  Calls fn once, before it returns, with one JSON object in one line:
   * {"verdict":"accept"|"reject"|"duplicate","stage":...,"event":{"id","type","order"},"reply":{...}}. */
  sbx_status (*judge)(void *plugin, const sbx_request *, sbx_str body, int64_t wall_ns,
                      void (*fn)(void *, sbx_str json) SBX_NX, void *user) SBX_NX;
} sbx_judge;

/* ---- sbx.replay/1: an extension of sources that keep what they were sent (sbx_emit.raw) ----------------------------
 */
#define SBX_REPLAY "sbx.replay/1"
typedef struct sbx_replay {
  uint32_t size, reserved;
  /* [lane] Emits once more what `raw` stands for, as if it had come at `received_ns` (wall), but with no dedupe key and
   * the attribute "replayed" = "true".  How many events, or an error: nothing was emitted, and the log says why. */
  int64_t (*replay)(void *plugin, sbx_str raw, int64_t received_ns) SBX_NX;
} sbx_replay;

#ifdef __cplusplus
}
#endif
#endif
