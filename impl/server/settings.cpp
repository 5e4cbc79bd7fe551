#include "impl/server/settings.hpp"

#include <algorithm>

#include "impl/server/option_text.hpp"
#include "impl/server/words.hpp"

namespace twinlease::server {
namespace {

using core::RelationshipConfig;
using core::Scope;

constexpr std::int64_t seconds_max = 0xffffffff;

// One value, or each of a list, as words.
std::optional<std::vector<std::string>> words_of(const toml::node& node) {
  const auto word = [](const toml::node& n) -> std::optional<std::string> {
    if (n.is_string()) return n.value<std::string>();
    if (n.is_integer()) return std::to_string(*n.value<std::int64_t>());
    if (n.is_boolean()) return *n.value<bool>() ? "true" : "false";
    return std::nullopt;
  };
  std::vector<std::string> words;
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& element : *array) {
      const auto one = word(element);
      if (!one) return std::nullopt;
      words.push_back(*one);
    }
    return words;
  }
  const auto one = word(node);
  return one ? std::optional(std::vector{*one}) : std::nullopt;
}

void read_options(Section& above, std::vector<core::OptionSetting>& options) {
  const toml::table* table = above.below("options");
  if (table == nullptr) return;
  for (const auto& [key, node] : *table) {
    const std::string where = above.name() + " options";
    const auto code = option_code(key.str());
    if (!code) {
      above.mistakes().push_back(
          {key.source().begin.line, where + " has no option \"" + std::string(key.str()) +
                                        "\"; options are written by the names of RFC 2132, or by number"});
      continue;
    }
    const auto words = words_of(node);
    const auto octets = words ? option_octets(*code, *words) : std::nullopt;
    if (octets)
      options.push_back({*code, *octets});
    else
      above.mistakes().push_back(
          {node.source().begin.line,
           where + ' ' + std::string(key.str()) + " expects " + std::string(expected(option_form(*code)))});
  }
}

void read_client(Section& section, core::Client& client) {
  section.parsed("identifier", client.identifier, read_identifier,
                 "octets of option 61: \"hex:...\", or a text");
  section.parsed("hardware", client.hardware, read_hardware,
                 "a hardware address such as \"02:00:00:00:00:01\"");
}

void read_reservation(Section& section, Scope& scope) {
  core::Reservation reservation;
  section.require("address");
  section.parsed("address", reservation.address, read_ipv4, "an address such as \"10.77.2.9\"");
  read_client(section, reservation.client);
  section.text("name", reservation.name);
  read_options(section, reservation.options);
  section.finish();
  scope.reservations.push_back(std::move(reservation));
}

void read_scope(Section& section, Scope& scope) {
  section.require("name");
  section.require("subnet");
  section.text("name", scope.name);
  std::pair<core::Ipv4, int> subnet{{}, 32};
  section.parsed("subnet", subnet, read_subnet, "a subnet such as \"10.77.2.0/24\", host bits zero");
  scope.subnet = subnet.first;
  scope.prefix_length = static_cast<std::uint8_t>(subnet.second);
  section.flag("enabled", scope.enabled);
  constexpr std::string_view range = "a range such as \"10.77.2.10-10.77.2.99\", or an address";
  section.list("ranges", scope.ranges, read_range, range);
  section.list("exclusions", scope.exclusions, read_range, range);
  section.whole("lease_time_s", scope.lease_time_s, 1, seconds_max);
  section.whole("delete_grace_s", scope.delete_grace_s, 0, seconds_max);
  section.text("relationship", scope.relationship);
  read_options(section, scope.options);
  for (const toml::table* table : section.each_below("reservation")) {
    Section below(*table, "[[scope.reservation]]", section.mistakes(), section.keys());
    read_reservation(below, scope);
  }
  section.finish();
}

void read_secrets(Section& section, RelationshipConfig& relationship) {
  enum class Encoding : std::uint8_t { utf8, utf16le, hex } encoding = Encoding::utf8;
  section.choice<Encoding>(
      "secret_encoding", encoding,
      {{"utf8", Encoding::utf8}, {"utf16le", Encoding::utf16le}, {"hex", Encoding::hex}});
  const auto decode = [&](const std::string& word) -> std::optional<core::Secret> {
    if (encoding == Encoding::utf8) return core::Secret{word};
    if (encoding == Encoding::hex) {
      const auto octets = read_hex(word);
      return octets ? std::optional(core::Secret{*octets}) : std::nullopt;
    }
    core::Secret secret;  // of ASCII alone: what Windows does with more is not on record (C12)
    for (const char c : word) {
      if (static_cast<unsigned char>(c) >= 128) return std::nullopt;
      secret.octets += {c, '\0'};
    }
    return secret;
  };
  section.list("secrets", relationship.secrets, decode, "texts in the secret_encoding");
  wire::DigestType digest{};
  section.choice<wire::DigestType>(
      "digest", digest,
      {{"hmac-md5", wire::DigestType::hmac_md5}, {"hmac-sha256", wire::DigestType::hmac_sha256}});
  if (digest != wire::DigestType{}) relationship.digest_type = digest;
}

void read_dialect(Section& section, RelationshipConfig& relationship) {
  const auto find = [](const std::string& name) -> std::optional<const wire::Dialect*> {
    if (name == "detect") return nullptr;
    const wire::Dialect* dialect = wire::find_dialect(name);
    return dialect == nullptr ? std::nullopt : std::optional(dialect);
  };
  std::string known = "\"detect\"";
  for (const wire::Dialect* dialect : wire::all_dialects())
    known += ", \"" + std::string(dialect->name) + '"';
  section.parsed("dialect", relationship.dialect, find, "one of " + known);
}

void read_relationship(Section& section, RelationshipConfig& r) {
  section.require("name");
  section.require("role");
  section.require("partner_address");
  section.text("name", r.name);
  section.choice<core::Role>("role", r.role,
                             {{"primary", core::Role::primary}, {"secondary", core::Role::secondary}});
  section.choice<core::Mode>(
      "mode", r.mode, {{"load-balance", core::Mode::load_balance}, {"hot-standby", core::Mode::hot_standby}});
  r.active = r.role == core::Role::primary;  // C17
  section.flag("active", r.active);
  section.choice<core::Profile>("profile", r.profile,
                                {{"draft", core::Profile::draft}, {"windows", core::Profile::windows}});
  read_dialect(section, r);
  section.text("local_address", r.local_address);
  section.text("partner_address", r.partner_address);
  section.whole("local_port", r.local_port, 1, 65535);
  section.whole("partner_port", r.partner_port, 1, 65535);
  section.whole("mclt_s", r.mclt_s, 1, seconds_max);
  section.whole("local_share_percent", r.local_share_percent, 0, 100);
  section.whole("reserve_percent", r.reserve_percent, 0, 100);
  section.flag("even_pools", r.even_pools);
  section.whole("serve_any_after_s", r.serve_any_after_s, 0, 65535);
  section.whole("max_unacked_bndupd", r.max_unacked_bndupd, 1, 65535);
  section.whole("receive_timer_s", r.receive_timer_s, 1, 86400);
  section.whole("startup_time_s", r.startup_time_s, 0, 86400);
  section.whole("max_skew_s", r.max_skew_s, 0, seconds_max);
  // C10: a period alone turns automatic state transition on; turned on without one, it is an hour.
  bool automatic = false;
  section.flag("auto_state_transition", automatic);
  if (automatic) r.safe_period_s = 3600;
  if (const auto period = section.whole("safe_period_s", 1, seconds_max)) r.safe_period_s = period;
  read_secrets(section, r);
  section.whole("batch_max", r.batch_max, 1, 16);
  section.flag("proceed_at_startup", r.proceed_at_startup);
  section.flag("partner_down_at_first_start", r.partner_down_at_first_start);
  section.flag("recover_wait_offline", r.recover_wait_offline);
  section.flag("full_lease_in_partner_down", r.full_lease_in_partner_down);
  section.finish();
}

void read_server(Section& section, Settings& settings) {
  section.text("name", settings.config.name);
  section.text("store", settings.store);
  section.text("control", settings.control);
  section.text("user", settings.user);
  section.whole("probe_ms", settings.config.probe_ms, 0, 60000);
  section.whole("offer_hold_s", settings.config.offer_hold_s, 1, 3600);
  section.whole("decline_hold_s", settings.config.decline_hold_s, 0, seconds_max);
  section.finish();
}

void read_dhcp(Section& section, Settings& settings) {
  const auto address = [](const std::string& word) {
    return read_ipv4(word) ? std::optional(word) : std::nullopt;
  };
  const auto any = [](const std::string& word) { return word.empty() ? std::nullopt : std::optional(word); };
  section.list("addresses", settings.dhcp_addresses, address, "addresses such as \"10.77.1.1\"");
  section.list("interfaces", settings.dhcp_interfaces, any, "names of interfaces");
  section.whole("port", settings.dhcp_port, 1, 65535);
  section.whole("client_port", settings.dhcp_client_port, 1, 65535);
  section.finish();
}

void read_log(Section& section, Settings& settings) {
  section.choice<std::string>(
      "level", settings.log_level,
      {{"debug", "debug"}, {"info", "info"}, {"warning", "warning"}, {"error", "error"}});
  section.choice<bool>("format", settings.log_json, {{"text", false}, {"json", true}});
  section.text("audit_file", settings.audit_file);
  section.finish();
}

void read_file(Section& root, Settings& settings) {
  const toml::table nothing;
  const auto read = [&](std::string_view key, std::string name, auto reader) {
    const toml::table* table = root.below(key);
    Section section(table != nullptr ? *table : nothing, std::move(name), root.mistakes(), root.keys());
    reader(section, settings);
  };
  read("server", "[server]", read_server);
  read("dhcp", "[dhcp]", read_dhcp);
  read("failover", "[failover]", [](Section& section, Settings& s) {
    section.whole("connections_max", s.failover_connections_max, 1, 4096);
    section.finish();
  });
  read("log", "[log]", read_log);
  read_options(root, settings.config.options);
  for (const toml::table* table : root.each_below("scope")) {
    Section section(*table, "[[scope]]", root.mistakes(), root.keys());
    read_scope(section, settings.config.scopes.emplace_back());
  }
  for (const toml::table* table : root.each_below("relationship")) {
    Section section(*table, "[[relationship]]", root.mistakes(), root.keys());
    read_relationship(section, settings.config.relationships.emplace_back());
  }
  root.finish();
}

}  // namespace

std::variant<Settings, Mistakes> read_settings(std::string_view text, const std::string& file_name) {
  Mistakes mistakes;
  Settings settings;
  try {
    const toml::table file = toml::parse(text, file_name);
    Section root(file, "the file", mistakes);
    read_file(root, settings);
  } catch (const toml::parse_error& error) {
    mistakes.push_back({error.source().begin.line, std::string(error.description())});
  }
  if (mistakes.empty())
    for (const std::string& sentence : core::check(settings.config)) mistakes.push_back({0, sentence});
  if (mistakes.empty()) return settings;
  std::sort(mistakes.begin(), mistakes.end(),
            [](const Mistake& a, const Mistake& b) { return a.line < b.line; });
  return mistakes;
}

std::set<std::string> all_keys() {
  std::set<std::string> keys;
  Mistakes ignored;  // of the required keys that an empty table has not
  Settings settings;
  const toml::table file = toml::parse("[[scope]]\n[[scope.reservation]]\n[[relationship]]\n");
  Section root(file, "the file", ignored, &keys);
  read_file(root, settings);
  return keys;
}

std::string to_string(const Mistakes& mistakes, const std::string& file_name) {
  std::string text;
  for (const Mistake& mistake : mistakes)
    text += file_name + ':' + (mistake.line == 0 ? "" : std::to_string(mistake.line) + ':') + ' ' +
            mistake.text + '\n';
  return text;
}

}  // namespace twinlease::server
