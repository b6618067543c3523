/* sbx_extensions.h: what a plugin may offer beside its hooks (sbx_plugin.extension), and the services that go with it.
 * Part of the plugin ABI: include sbx.h, whose rules hold here, too. */
#ifndef SBX_SBX_EXTENSIONS_H
#define SBX_SBX_EXTENSIONS_H
#include "sbx.h"
#ifdef __cplusplus
extern "C" {
#endif

/* ---- sbx.admission/1: who may listen -------------------------------------------------------------------------------
 * An extension of sources and filters: whoever subscribes to a channel is shown to every such instance of a pipeline
 * before anything of that pipeline reaches him.  A pipeline is heard when all its instances say OK; a subscription is
 * refused (EREFUSED) when no pipeline of the sink is heard. */
#define SBX_ADMISSION "sbx.admission/1"
typedef struct sbx_join {
  uint32_t size, flags;
  sbx_str channel; /* UTF-8, valid */
  sbx_str auth;    /* see sbx_want */
} sbx_join;
typedef struct sbx_gatekeeper {
  uint32_t size, reserved;
  /* [lane] The instance's, not the client's.  OK | EREFUSED | PENDING: admission.answer follows.  Anything else is a
   * refusal. */
  sbx_status (*admit)(void *plugin, sbx_id ask, const sbx_join *) SBX_NX;
} sbx_gatekeeper;
typedef struct sbx_admission { /* the service */
  uint32_t size, reserved;
  /* [lane] OK or EREFUSED, once for each ask that was PENDING.  What is not answered within 15 s is refused. */
  void (*answer)(const sbx_host *, sbx_id ask, sbx_status verdict) SBX_NX;
} sbx_admission;

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
