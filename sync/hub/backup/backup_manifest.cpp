#include "sync/hub/backup/backup_manifest.hpp"

#include <algorithm>

#include "sync/hub/proof/proof_store.hpp"
#include "sync/proof/check.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::hub {

namespace {

constexpr std::string_view manifest_format = "bianmin-hub-backup";
constexpr std::size_t manifest_size_max = 4U << 20U;

Error bad_manifest(std::string detail) { return {Remedy::refuse, "backup.bad_manifest", std::move(detail)}; }

Error no_tree(std::string_view profile) {
  return {Remedy::call_staff, "proof.damaged_tree", std::string(profile)};
}

bool is_number(const Json& in, const char* key) { return in.contains(key) && in[key].is_number_unsigned(); }
bool is_text(const Json& in, const char* key) { return in.contains(key) && in[key].is_string(); }
bool is_list(const Json& in, const char* key) {
  return in.contains(key) && in[key].is_array() && in[key].size() <= backup_files_max + 1 &&
         std::ranges::all_of(in[key], [](const Json& one) { return one.is_object(); });
}

Result<BackupFile> file_of(const Json& json) {
  if (!is_text(json, "name") || !is_number(json, "size") || !is_text(json, "sha256")) {
    return bad_manifest("a file without name, size or digest");
  }
  BackupFile file{json["name"], json["size"], {}};
  auto digest = from_hex(json["sha256"].get<std::string>());
  if (!digest || digest->size() != file.sha256.size()) return bad_manifest("a digest");
  if (!valid_backup_name(file.name)) return bad_manifest("a name that leads elsewhere");
  std::ranges::copy(*digest, file.sha256.begin());
  return file;
}

Result<BackupTree> tree_of(const Json& json) {
  if (!is_text(json, "profile") || !is_number(json, "size") || !is_text(json, "root")) {
    return bad_manifest("a tree without profile, size or root");
  }
  return BackupTree{json["profile"], json["size"], json["root"]};
}

Result<Manifest> manifest_of(const Json& json) {
  if (!json.is_object() || !is_text(json, "format") || json["format"] != manifest_format ||
      !is_number(json, "version")) {
    return bad_manifest("not a manifest");
  }
  if (json["version"] != manifest_version) return Error{Remedy::refuse, "backup.newer", "of another version"};
  if (!is_number(json, "created_utc_ms") || !is_text(json, "database") || !is_number(json, "records") ||
      !is_list(json, "trees") || !is_list(json, "files")) {
    return bad_manifest("something is missing");
  }
  Manifest manifest;
  manifest.created_utc_ms = json["created_utc_ms"];
  manifest.database = json["database"];
  manifest.contents.records = json["records"];
  for (const Json& one : json["trees"]) {
    auto tree = tree_of(one);
    if (!tree) return tree.error();
    manifest.contents.trees.push_back(std::move(*tree));
  }
  for (const Json& one : json["files"]) {
    auto file = file_of(one);
    if (!file) return file.error();
    manifest.files.push_back(std::move(*file));
  }
  return manifest;
}

}  // namespace

// A record has one leaf in one tree; what waits for its leaf is counted besides.
Result<BackupContents> read_contents(database::Database& database) {
  BackupContents contents;
  auto waiting = database.prepare("SELECT count(*) FROM record WHERE proven = 0").number();
  if (!waiting) return waiting.error();
  contents.records = *waiting;
  for (const std::string_view name : seal::profile_names) {
    auto size = database.prepare("SELECT size FROM proof_tree WHERE profile = ?").bind(name).number();
    if (!size) return size.error();
    if (*size == 0) continue;
    auto head = database.prepare("SELECT head FROM proof_head WHERE profile = ? AND size = ?");
    auto row = head.bind(name).bind(*size).step();
    if (!row) return row.error();
    auto outer = record::decode_signed(*row ? head.bytes(0) : Bytes());
    auto inner = proof::decode_tree_head(outer ? outer->body : Bytes());
    if (!inner) return no_tree(name);
    contents.trees.push_back(
        {std::string(name), static_cast<std::uint64_t>(*size), to_hex(inner->tree.root)});
    contents.records += *size;
  }
  return contents;
}

Result<void> check_trees(database::Database& database, const HubKeys& keys) {
  for (const std::string_view name : seal::profile_names) {
    const seal::Profile* profile = keys.profile(name);
    if (profile == nullptr) continue;
    auto newest = newest_head(database, *profile);
    if (!newest) return newest.error();
    if (!*newest) continue;
    auto head = proof::check_head((*newest)->head, keys.receipt_key(*profile));
    if (!head) return no_tree(name);
    TreeTiles tiles(database, *profile);
    auto root = proof::Tree(*profile, tiles).root(head->tree.size);
    if (!root) return root.error();
    if (head->tree.size != (*newest)->size || *root != head->tree.root) return no_tree(name);
  }
  return {};
}

Result<void> write_manifest(const std::filesystem::path& backup, const Manifest& manifest) {
  Json json{{"format", manifest_format},
            {"version", manifest_version},
            {"created_utc_ms", manifest.created_utc_ms},
            {"database", manifest.database},
            {"records", manifest.contents.records},
            {"trees", Json::array()},
            {"files", Json::array()}};
  for (const BackupTree& tree : manifest.contents.trees) {
    json["trees"].push_back({{"profile", tree.profile}, {"size", tree.size}, {"root", tree.root}});
  }
  for (const BackupFile& file : manifest.files) {
    json["files"].push_back({{"name", file.name}, {"size", file.size}, {"sha256", to_hex(file.sha256)}});
  }
  return write_file_durably(backup / manifest_file, view_of(json_text(json, true) + "\n"), 0600);
}

Result<Manifest> read_manifest(const std::filesystem::path& backup) {
  auto bytes = read_file(backup / manifest_file, manifest_size_max);
  if (!bytes && bytes.error().code == "file.missing") {
    return Error{Remedy::refuse, "backup.incomplete", "no manifest.json: it was not finished, or is none"};
  }
  if (!bytes) return bytes.error();
  auto json = parse_json(text_of(*bytes));
  if (!json) return bad_manifest(json.error().text());
  return manifest_of(*json);
}

}  // namespace bianmin::hub
