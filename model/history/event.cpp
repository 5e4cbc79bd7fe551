#include "model/history/event.hpp"

#include <array>
#include <string_view>
#include <type_traits>

namespace twinlease::model::history {

namespace {

constexpr std::array<std::string_view, 4> requests = {"SELECTING", "INIT-REBOOT", "RENEWING", "REBINDING"};
constexpr std::array<std::string_view, 5> endings = {"released", "declined", "was refused",
                                                     "stopped at the end of", "left without releasing"};
constexpr std::array<std::string_view, 4> faults = {"connection cut", "connection cut from the primary on",
                                                    "connection cut from the secondary on", "pool exhausted"};

constexpr std::array<std::string_view, 8> client_messages = {"DHCPDISCOVER",
                                                             "DHCPREQUEST SELECTING",
                                                             "DHCPREQUEST INIT-REBOOT",
                                                             "DHCPREQUEST RENEWING",
                                                             "DHCPREQUEST REBINDING",
                                                             "DHCPRELEASE",
                                                             "DHCPDECLINE",
                                                             "DHCPINFORM"};
constexpr std::array<std::string_view, 7> words = {"UPDREQ",   "UPDREQALL", "UPDDONE",   "POOLREQ",
                                                   "POOLRESP", "CONTACT",   "DISCONNECT"};
constexpr std::array<std::string_view, 3> commands = {"pause", "shut down", "an old database restored"};

std::string word(std::string_view text) {
  return std::string(text);
}

std::string rejected(std::optional<std::uint8_t> reason) {
  return reason ? " reject-reason " + std::to_string(*reason) : "";
}

struct Describe {
  std::string operator()(const Discovered& e) const { return text(e.client) + " DHCPDISCOVER"; }
  std::string operator()(const Offered& e) const {
    return word(name(e.server)) + " offered " + text(e.address) + " to " + text(e.client);
  }
  std::string operator()(const Acked& e) const {
    return word(name(e.server)) + " acked " + text(e.address) + " to " + text(e.client) + " " +
           word(requests[static_cast<std::size_t>(e.request)]) + " for " + std::to_string(e.lease_s) + " s";
  }
  std::string operator()(const ClientSent& e) const {
    return text(e.client) + " " + word(client_messages[static_cast<std::size_t>(e.message)]) +
           (e.address != 0 ? " " + text(e.address) : "");
  }
  std::string operator()(const Refused& e) const {
    return word(name(e.server)) + " refused " + text(e.address) + " to " + text(e.client);
  }
  std::string operator()(const Ended& e) const {
    return text(e.client) + " " + word(endings[static_cast<std::size_t>(e.how)]) + " " + text(e.address);
  }
  std::string operator()(const Updated& e) const {
    return word(name(e.from)) + " BNDUPD xid " + std::to_string(e.xid) + " " + text(e.address) + " " +
           word(name(e.status)) + (e.client ? " of " + text(*e.client) : "");
  }
  std::string operator()(const Acknowledged& e) const {
    return word(name(e.from)) + " BNDACK xid " + std::to_string(e.xid) + " " + text(e.address) +
           rejected(e.reject_reason);
  }
  std::string operator()(const StateSaid& e) const {
    return word(name(e.server)) + " STATE " + word(name(e.state)) + (e.startup ? " STARTUP" : "");
  }
  std::string operator()(const ConnectSaid& e) const {
    return word(name(e.from)) + " CONNECT xid " + std::to_string(e.xid) +
           (e.mclt_s != 0 ? " MCLT " + std::to_string(e.mclt_s) + " s" : "");
  }
  std::string operator()(const ConnectAnswered& e) const {
    return word(name(e.from)) + " CONNECTACK xid " + std::to_string(e.xid) + rejected(e.reject_reason);
  }
  std::string operator()(const Said& e) const {
    const std::string number = e.number != 0 ? " " + std::to_string(e.number) : "";
    return word(name(e.from)) + " " + word(words[static_cast<std::size_t>(e.word)]) + " xid " +
           std::to_string(e.xid) + number;
  }
  std::string operator()(const Tampered& e) const {
    return "a message xid " + std::to_string(e.xid) + " without a good digest to the " + word(name(e.to));
  }
  std::string operator()(const Attempted& e) const { return word(name(e.from)) + " tries to connect"; }
  std::string operator()(const DnsUpdated& e) const {
    return word(name(e.server)) + (e.added ? " added" : " removed") + " the name of " + text(e.address);
  }
  std::string operator()(const BucketsAssigned&) const { return "hash-bucket-assignment"; }
  std::string operator()(const Connection& e) const { return e.up ? "connection up" : "connection down"; }
  std::string operator()(const Record& e) const {
    return word(name(e.server)) + " holds " + text(e.address) + " " + word(name(e.status)) +
           (e.client ? " of " + text(*e.client) : "");
  }
  std::string operator()(const Process& e) const {
    return word(name(e.server)) + (e.running ? " started" : " ended") +
           (e.storage_lost ? " without its storage" : "");
  }
  std::string operator()(const PartnerDownCommanded& e) const {
    return "operator: partner-down at the " + word(name(e.server));
  }
  std::string operator()(const Commanded& e) const {
    return "operator: " + word(commands[static_cast<std::size_t>(e.command)]) + " at the " +
           word(name(e.server));
  }
  std::string operator()(const Configured& e) const { return word(name(e.server)) + " is configured"; }
  std::string operator()(const Reserved& e) const {
    return text(e.address) + " is reserved for " + text(e.client);
  }
  std::string operator()(const ClockSet& e) const {
    return word(name(e.server)) + "'s clock is ahead by " + std::to_string(e.ahead_s) + " s";
  }
  std::string operator()(const Scenario& e) const { return "scenario " + e.name; }
  std::string operator()(const AssumptionBroken& e) const {
    return "AS" + std::to_string(e.number) + " no longer holds";
  }
  std::string operator()(const Entered& e) const {
    return word(name(e.server)) + " is in " + word(name(e.state));
  }
  std::string operator()(const Stored& e) const {
    return word(name(e.server)) + " has stored " + text(e.address) + " " + word(name(e.status)) +
           (e.client ? " of " + text(*e.client) : "");
  }
  std::string operator()(const Fault& e) const {
    return word(faults[static_cast<std::size_t>(e.kind)]) + (e.begins ? "" : ": over");
  }
  std::string operator()(const Pool& e) const { return "pool " + text(e.first) + " to " + text(e.last); }
};

}  // namespace

std::optional<Server> sender(const Event& event) noexcept {
  return std::visit(
      [](const auto& body) -> std::optional<Server> {
        using Kind = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Kind, StateSaid>) {
          return body.server;
        } else if constexpr (requires { body.from; } && !std::is_same_v<Kind, Attempted>) {
          return body.from;
        } else {
          return std::nullopt;
        }
      },
      event.body);
}

std::string describe(const Event& event) {
  return std::visit(Describe{}, event.body);
}

}  // namespace twinlease::model::history
