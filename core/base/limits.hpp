// Every limit that is not in the configuration, by name, with its reason.  Bytes unless the name says otherwise.
#pragma once
#include <cstddef>
#include <cstdint>

namespace signalbox::limits {

// A configuration file: a thousand rules take about 100 KiB; more than this is not one.
inline constexpr size_t kConfigFileMax = 4u << 20;
// Nesting of a configuration: the deepest real one is 8; the parser recurses.
inline constexpr int kConfigDepthMax = 64;
// Problems reported of one file: a hundred are more than anybody mends in one go.
inline constexpr size_t kConfigProblemsMax = 200;
// Values of a configuration with its aliases expanded: ten times what a thousand rules take.
inline constexpr size_t kConfigNodesMax = 200'000;
// Keys of one map: parts are looked up one after the other.
inline constexpr size_t kConfigKeysMax = 5000;
// Characters of a configuration's source line that a problem shows, and of a value inside its message.
inline constexpr size_t kConfigLineShownMax = 120;
inline constexpr size_t kConfigValueShownMax = 60;
// ... and of the message as a whole.
inline constexpr size_t kConfigMessageShownMax = 1000;
// Names looked at for "did you mean".
inline constexpr size_t kConfigSuggestionsMax = 1000;
// A value that is matched against a pattern, and the pattern: the matcher recurses by character.
inline constexpr size_t kConfigPatternTextMax = 1024;
inline constexpr size_t kConfigPatternMax = 256;
// A file named by ${file:...}: secrets and certificates are small.
inline constexpr size_t kSecretFileMax = 64u << 10;

// Parts of an event.  A channel or a name longer than this is an attack or a mistake.
inline constexpr size_t kChannelMax = 1024;
inline constexpr size_t kEventNameMax = 1024;
inline constexpr size_t kEventIdMax = 512;
// What a source's event is known again by: a provider's id, or a digest.
inline constexpr size_t kDedupeKeyMax = 512;
// Data of one event: Redis allows 512 MiB, browsers do not want it.
inline constexpr size_t kEventDataMax = 16u << 20;
inline constexpr size_t kEventAttrsMax = 64;
// ... and their keys and values together: facts such as a principal, not documents.
inline constexpr size_t kEventAttrBytesMax = 64u << 10;

// Channels whose loss a lane that was too slow still has to tell; what is lost of others meanwhile is only counted.
inline constexpr size_t kLostChannelsMax = 65'536;
// Places of dropped events in such a lane's mailbox, before it is worth the while to close them up.
inline constexpr size_t kMailboxHolesMin = 1024;

// A lane reads at most this much from one connection before the others have their turn.
inline constexpr size_t kReadBuffer = 64u << 10;
// Handlers that a lane runs before it ends the turn (and flushes).
inline constexpr int kHandlersPerTurnMax = 512;
inline constexpr int kReadyBatch = 512;          // descriptors
inline constexpr int kTurnsWithoutAsioMax = 16;  // of a lane that is busy with descriptors
// Frames that one writev carries (IOV_MAX is 1024).
inline constexpr size_t kFlushPiecesMax = 256;
// Connections accepted in one go: the ones that already wait must not starve the ones that already talk.
inline constexpr int kAcceptBatch = 64;
// Requests that a client may send ahead of the answers (HTTP/1.1 pipelining), in bytes kept.
inline constexpr size_t kPipelinedMax = 64u << 10;
// What may wait in a stream's send queue before send() answers FULL.
inline constexpr size_t kStreamSendSoft = 256u << 10;
// ... and at most in all: a plugin that does not listen to FULL loses the stream.
inline constexpr size_t kStreamSendMax = 64u << 20;
// The outbox of a connection whose plugin did not say (fanout.outbox).
inline constexpr size_t kOutboxDefault = 16u << 20;
// Control frames are exempt from an outbox's limit; a peer that causes more than this without reading is cut off.
inline constexpr size_t kOutboxControlMax = 1u << 20;
// Neighbouring gaps that are compared before another one is queued: the channels that one client is slow on.
inline constexpr uint32_t kOutboxGapRunMax = 256;
// Frames that an instance may share in one turn, and their bytes (as given; each form that is needed is as many again):
// all that a turn replays has room.  What has not is encoded for each of its receivers.
inline constexpr size_t kSharedFramesMax = 16u << 10;
inline constexpr size_t kSharedBytesMax = 8u << 20;
// Queues that are alike are flattened into one run of bytes; so many different ones are remembered during a flush.
inline constexpr size_t kFlushRunsMax = 4;
// Frames of one's own before and behind such a run (a greeting, an answer): pieces of the same write.
inline constexpr size_t kFlushAloneMax = 8;
// What a connection that subscribes may still have to be answered: channels, and bytes of their names.
inline constexpr size_t kSubscribeChannelsMax = 1024;
inline constexpr size_t kSubscribeBytesMax = 1u << 20;
inline constexpr size_t kSubscribeKindMax = 64;
// A request that `webhook verify` reads from a file.
inline constexpr size_t kRawRequestHeadersMax = 256u << 10;
inline constexpr size_t kRawRequestMax = 64u << 20;
// A file of another program that `import` reads: they have a few KiB.
inline constexpr size_t kImportFileMax = 1u << 20;
// How long gatekeepers may think about a subscribe (SBX_ADMISSION_NS: whoever comes back after a restart may have to
// wait behind everybody else), and how many each may have under way.
inline constexpr int64_t kAdmissionNs = 120'000'000'000;
inline constexpr size_t kAdmissionAsksMax = 65'536;
// Token buckets of one rule of a sink (`limits:`): each takes about 200 bytes, a long principal twice that.  Only who
// was active lately has one; an address is an IPv4 address or an IPv6 /64.
inline constexpr size_t kRateAddressesMax = 64u << 10;
inline constexpr size_t kRatePrincipalsMax = 64u << 10;
inline constexpr size_t kRateConnectionsMax = 256u << 10;
// Presence: members of one channel and the bytes of their objects (whoever joins gets them all in one frame), and of
// all channels.  Who is over it may listen, but is not listed.
inline constexpr size_t kPresenceChannelMembersMax = 100'000;
inline constexpr size_t kPresenceChannelBytesMax = 16u << 20;
inline constexpr size_t kPresenceMembersMax = 1'000'000;
inline constexpr size_t kPresenceBytesMax = 256u << 20;
// What clients said in the channels of one pipeline, on its way to the lane of its filters.
inline constexpr uint64_t kSayingBytesMax = 16u << 20;
// A census: channels of an answer, and how many one source may have under way.
inline constexpr size_t kCensusChannelsMax = 10'000;
inline constexpr size_t kCensusesMax = 64;
// A gate: what may come for one connection while its replay is under way, before it has to go to the log again.
inline constexpr size_t kGateEvents = 4096;
inline constexpr size_t kGateBytes = 1u << 20;
// A replay reads pages of this size, and so many of them before the others on the lane have their turn.
inline constexpr size_t kReplayPageEvents = 256;
inline constexpr size_t kReplayPageBytes = 256u << 10;
inline constexpr size_t kReplayPagesPerTurn = 8;
// ... and by all readers of an instance together (each look into the log counts as one more): when ten thousand clients
// come back at once, live events and everybody else's requests must not wait until the last replay is done.
inline constexpr size_t kReplayEventsPerTurn = 4096;
// Pages of the log that an instance keeps for those who ask the same in the same turn: as many questions at once as
// there are kinds of pages on a site, and each is compared with all of them.
inline constexpr size_t kReplayPagesKept = 16;
// The longest that a group's name may be: it is made from a channel.
inline constexpr size_t kGroupNameMax = kChannelMax + 128;

// A file that a plugin may load (sbx.asset/1), and one that a listener serves.
inline constexpr size_t kAssetMax = 4u << 20;
inline constexpr size_t kStaticFileMax = 4u << 20;
// Bytes and number of such files that a listener keeps in memory; beyond it starts afresh.
inline constexpr size_t kStaticKeptMax = 64u << 20;
inline constexpr size_t kStaticFilesMax = 4096;

// Metrics: series of one instance, and reasons that one filter may give; a plugin's bug must not fill the memory.
inline constexpr size_t kMetricSeriesPerInstanceMax = 256;
inline constexpr size_t kReasonsPerInstanceMax = 32;
inline constexpr size_t kReasonMax = 64;
// ... and of the whole program: 256 cells of 64 bytes are added at a time, so the room is only taken when used.
inline constexpr size_t kMetricSeriesMax = 64u << 10;
// A label's value: names of instances, pipelines and reasons; never anything that a client sent.
inline constexpr size_t kMetricLabelMax = 256;

// Log lines of one instance per second; the rest is counted and summed up in one line.
inline constexpr uint32_t kLogLinesPerSecond = 20;
// One line of the log before escaping; what is longer is cut and says so.
inline constexpr size_t kLogTextMax = 4u << 10;
// Lines that wait for a slow stderr; after that the oldest are lost and counted: no lane ever waits for a log.
inline constexpr size_t kLogQueueLines = 8192;
// How long the end of the program waits for a stderr that takes nothing.
inline constexpr int64_t kLogFinishNs = 1'000'000'000;

// A closing handshake (WebSocket, TLS, lingering HTTP) that the peer does not answer.
inline constexpr int64_t kCloseHandshakeNs = 5'000'000'000;
// A request's body, and an answer that is the last one on its connection: the client has this long.
inline constexpr int64_t kBodyNs = 60'000'000'000;
// An idle keep-alive connection between two requests.
inline constexpr int64_t kKeepAliveNs = 75'000'000'000;

// A plugin file: even one with all its debug information and another language's runtime is smaller.
inline constexpr size_t kModuleFileMax = 1u << 30;
// Shared libraries that one plugin names, majors it speaks, plugins it holds.
inline constexpr size_t kModuleNeededMax = 1024;
inline constexpr size_t kModuleMajorsMax = 64;
inline constexpr size_t kModulePluginsMax = 256;
// A plugin's type name: it is typed into a YAML file.
inline constexpr size_t kPluginTypeMax = 64;
// Plugin files of one directory; more than this is not a plugin directory.
inline constexpr size_t kPluginFilesMax = 1024;

// A request line: method, target and version.  Browsers send up to 8 KiB, and tokens travel in queries.
inline constexpr size_t kHttpRequestLineMax = 16u << 10;
// The longest registered method has 17 letters.
inline constexpr size_t kHttpMethodMax = 32;
// Browsers behind two proxies send about 40 headers.
inline constexpr size_t kHttpHeadersMax = 128;
// Bytes of empty lines that may come before a request line.
inline constexpr size_t kHttpEmptyLinesMax = 4;
// One line between chunks (a size with its extension, or a trailer), and all extensions of one body.
inline constexpr size_t kHttpChunkLineMax = 4u << 10;
inline constexpr size_t kHttpChunkExtraMax = 16u << 10;

// Subprotocols that a client may offer: real ones offer one or two.
inline constexpr size_t kWsSubprotocolsMax = 16;
// Messages that are compressed: below, there is nothing to gain; above, everybody else on the lane waits too long.
inline constexpr size_t kDeflateMin = 128;
inline constexpr size_t kDeflateMax = 1u << 20;
// The buffers of a lane's (de)compressors: grown in steps from here, given back when they have become larger than this.
inline constexpr size_t kInflateStep = 16u << 10;
inline constexpr size_t kDeflateKeptMax = 256u << 10;
// A message of a compressing client, whatever its limit: zlib counts in 32 bits.
inline constexpr size_t kWsMessageMax = 1u << 30;
// Offers of permessage-deflate in one request: real ones make one or two.
inline constexpr size_t kWsExtensionsMax = 16;
// Bytes of Access-Control-Request-Headers that are said back.
inline constexpr size_t kCorsRequestHeadersMax = 1024;
// Addresses in X-Forwarded-For that are looked at, from the right.
inline constexpr size_t kProxyHopsMax = 32;

// Requests that plugins send to other servers (sbx.http_client/1).  A URL; the head of a request and of an answer; the
// body of either, at most and if the plugin does not say.
inline constexpr size_t kFetchUrlMax = 16u << 10;
inline constexpr size_t kFetchHeadMax = 64u << 10;
inline constexpr size_t kFetchBodyMax = 4u << 20;
inline constexpr size_t kFetchBodyDefault = 64u << 10;
// A whole exchange, if the plugin does not say, and at most.
inline constexpr int64_t kFetchNs = 10'000'000'000;
inline constexpr int64_t kFetchNsMax = 600'000'000'000;
// What one CA file makes trusted is read again after this time; and so many of them are kept for one instance.
inline constexpr int64_t kFetchTrustNs = 60'000'000'000;
inline constexpr size_t kFetchTrustsMax = 32;

// Files that plugins read (sbx.files/1): keys and certificates.  How many one instance may watch, and how often they
// are looked at.
inline constexpr size_t kNamedFileMax = 1u << 20;
inline constexpr size_t kFileWatchesMax = 1024;
inline constexpr int64_t kFileWatchNs = 2'000'000'000;

// The event log.  Channels of which nothing is kept, or nothing any more, whose last positions are remembered exactly;
// for the others the log says "maybe" (a gap).
inline constexpr size_t kLogQuietStreamsMax = 64u << 10;
// Dedupe keys remembered where there is no store: the oldest is forgotten first.
inline constexpr size_t kLogDedupeKeysMax = 128u << 10;
// Dedupe keys, and their bytes in memory, that the store gathers before it puts them among the others (twice as many at
// most are held), and how many of them it moves in one transaction, which new events wait for.
inline constexpr size_t kLogKeysGathered = 128u << 10;
inline constexpr size_t kLogKeysGatheredBytes = 16u << 20;
inline constexpr size_t kLogKeysPiece = 2048;
// Events that expire() forgets in one call: the lanes wait for it.
inline constexpr size_t kLogExpireStep = 4096;
// One transaction of the store: events (an emission is never cut) and their bytes.
inline constexpr size_t kLogBatchEvents = 2048;
inline constexpr size_t kLogBatchBytes = 8u << 20;
// Rows that the store deletes in one transaction while it has nothing better to do, channels it looks at for that, and
// transactions of this kind for each call of expire().
inline constexpr size_t kLogSweepRows = 500;
inline constexpr size_t kLogSweepStreams = 200;
inline constexpr size_t kLogSweepSteps = 50;
// Readers that may wait for the disk; more are told gaps.
inline constexpr size_t kLogReadsMax = 4096;
// Channels whose counts the store's thread keeps at hand.
inline constexpr size_t kLogStreamRowsMax = 64u << 10;
// Numbers set aside for positions at each start; events that are kept in memory alone use them without a trace on disk.
inline constexpr uint64_t kLogReserve = uint64_t{1} << 36;
// A store up to this size is checked page by page when it is opened (about a second).
inline constexpr uint64_t kLogCheckMax = 256u << 20;
// Pages in the write-ahead log after which they are moved to the store when nobody waits, while somebody does (each
// page is moved once, however often it was written meanwhile), and at any rate.
inline constexpr int kLogWalPages = 1000;
inline constexpr int kLogWalPagesBusy = 8000;
inline constexpr int kLogWalPagesMax = 32'000;
// Of the write-ahead log: what it grows by, how long it stays, and how much of a transaction is handed to the kernel at
// once.
inline constexpr int64_t kLogWalStep = 1 << 20;
inline constexpr int64_t kLogWalKept = 64 << 20;
inline constexpr size_t kLogWalGatheredMax = 1u << 20;
// SQLite's own cache of the writing connection.
inline constexpr int kLogCacheKiB = 32 << 10;
// Requests kept beside events that are replayed in a second: unless the command says otherwise, and at most.
inline constexpr uint32_t kKeptReplayRate = 200;
inline constexpr uint32_t kKeptReplayRateMax = 10'000;
// Events that may wait for the store before such a replay waits, too: live traffic comes first.
inline constexpr uint64_t kKeptReplayWaitingMax = 1000;
// A foreign program that has the store locked (a backup) is waited for so long.
inline constexpr int kLogBusyMs = 2000;

}  // namespace signalbox::limits
