// The codes of configuration problems.  A code is a contract: scripts and the documentation name it, so one is never
// used for something else and never given away again.
#pragma once

namespace signalbox::config::codes {

// 10..: the file as text and YAML.
inline constexpr const char *kNotText = "SB1001";
inline constexpr const char *kTooBig = "SB1002";
inline constexpr const char *kSyntax = "SB1003";
inline constexpr const char *kDuplicateKey = "SB1004";
inline constexpr const char *kDocuments = "SB1005";
inline constexpr const char *kTag = "SB1006";
inline constexpr const char *kAlias = "SB1007";
inline constexpr const char *kKey = "SB1008";
inline constexpr const char *kNotAMap = "SB1009";
inline constexpr const char *kTab = "SB1010";

// 11..: ${...}
inline constexpr const char *kVariable = "SB1101";
inline constexpr const char *kSecretFile = "SB1102";
inline constexpr const char *kPlaceholder = "SB1103";
inline constexpr const char *kExpansion = "SB1104";

// 12..: a value against its schema.
inline constexpr const char *kWrongType = "SB1201";
inline constexpr const char *kMissing = "SB1202";
inline constexpr const char *kUnknownKey = "SB1203";
inline constexpr const char *kNotOneOf = "SB1204";
inline constexpr const char *kFormat = "SB1205";
inline constexpr const char *kRange = "SB1206";
inline constexpr const char *kLength = "SB1207";
inline constexpr const char *kPattern = "SB1208";
inline constexpr const char *kDeprecated = "SB1209";
inline constexpr const char *kLiteralSecret = "SB1210";
inline constexpr const char *kUnknownListener = "SB1211";

// 13..: the parts and how they are joined.
inline constexpr const char *kUnknownPlugin = "SB1301";
inline constexpr const char *kBadSchema = "SB1302";
inline constexpr const char *kUnknownPart = "SB1303";
inline constexpr const char *kDuplicateName = "SB1304";
inline constexpr const char *kBadName = "SB1305";
inline constexpr const char *kUnused = "SB1306";
inline constexpr const char *kRepeated = "SB1307";
inline constexpr const char *kSameMount = "SB1308";
inline constexpr const char *kNotAvailable = "SB1309";
inline constexpr const char *kOpenSink = "SB1310";
inline constexpr const char *kOpenOrigins = "SB1311";
inline constexpr const char *kNoFieldFilter = "SB1312";

// 14..: listeners.
inline constexpr const char *kBind = "SB1401";
inline constexpr const char *kSameBind = "SB1402";
inline constexpr const char *kNetwork = "SB1403";
inline constexpr const char *kOrigin = "SB1404";
inline constexpr const char *kServedFiles = "SB1405";
inline constexpr const char *kListener = "SB1406";  // what only opening its files shows

// 15..: what a plugin itself says about its `with:`.
inline constexpr const char *kPlugin = "SB1501";
inline constexpr const char *kPluginWarning = "SB1502";

// 16..: what is kept of channels.
inline constexpr const char *kNoStore = "SB1601";
inline constexpr const char *kNothingKept = "SB1602";
inline constexpr const char *kUnreachable = "SB1603";

}  // namespace signalbox::config::codes
