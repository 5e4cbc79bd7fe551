// The configuration file of twinleased: TOML, described key by key in docs/formats/twinleased.md.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "impl/core/config.hpp"
#include "impl/server/section.hpp"

namespace twinlease::server {

struct Settings {
  core::Config config;

  std::string store = "/var/lib/twinleased/leases.db";
  std::string control = "/run/twinleased/control";  // socket; empty: none
  std::string user;                                 // to become once the ports are open; empty: stay

  std::vector<std::string> dhcp_addresses;   // plain sockets: relays, and clients that have an address
  std::vector<std::string> dhcp_interfaces;  // packet sockets: clients that have none
  std::uint16_t dhcp_port = 67;
  std::uint16_t dhcp_client_port = 68;

  std::size_t failover_connections_max = 64;  // of partners that have not named themselves yet
  std::string log_level = "info";
  bool log_json = false;
  std::string audit_file;  // empty: none
};

// All mistakes of the file, those of core::check() included, in the order of their lines.
std::variant<Settings, Mistakes> read_settings(std::string_view toml, const std::string& file_name);

// Every key of every section, as "SECTION KEY": "[dhcp] port", "[[scope]] subnet".
std::set<std::string> all_keys();

// "FILE:LINE: text" for each.
std::string to_string(const Mistakes&, const std::string& file_name);

}  // namespace twinlease::server
