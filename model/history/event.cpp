#include "model/history/event.hpp"

#include <array>
#include <string_view>

namespace twinlease::model::history {

namespace {

constexpr std::array<std::string_view, 4> requests = {"SELECTING", "INIT-REBOOT", "RENEWING", "REBINDING"};
constexpr std::array<std::string_view, 5> endings = {"released", "declined", "was refused",
                                                     "stopped at the end of", "left without releasing"};
constexpr std::array<std::string_view, 4> faults = {"connection cut", "connection cut from the primary on",
                                                    "connection cut from the secondary on", "pool exhausted"};

std::string word(std::string_view text) {
  return std::string(text);
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
  std::string operator()(const Ended& e) const {
    return text(e.client) + " " + word(endings[static_cast<std::size_t>(e.how)]) + " " + text(e.address);
  }
  std::string operator()(const Updated& e) const {
    return word(name(e.from)) + " BNDUPD xid " + std::to_string(e.xid) + " " + text(e.address) + " " +
           word(name(e.status)) + (e.client ? " of " + text(*e.client) : "");
  }
  std::string operator()(const Acknowledged& e) const {
    return word(name(e.from)) + " BNDACK xid " + std::to_string(e.xid) + " " + text(e.address) +
           (e.reject_reason ? " reject-reason " + std::to_string(*e.reject_reason) : "");
  }
  std::string operator()(const StateSaid& e) const {
    return word(name(e.server)) + " STATE " + word(name(e.state)) + (e.startup ? " STARTUP" : "");
  }
  std::string operator()(const BucketsAssigned&) const { return "hash-bucket-assignment"; }
  std::string operator()(const Connection& e) const { return e.up ? "connection up" : "connection down"; }
  std::string operator()(const Record& e) const {
    return word(name(e.server)) + " holds " + text(e.address) + " " + word(name(e.status)) +
           (e.client ? " of " + text(*e.client) : "");
  }
  std::string operator()(const Process& e) const {
    return word(name(e.server)) + (e.running ? " started" : " ended");
  }
  std::string operator()(const PartnerDownCommanded& e) const {
    return "operator: partner-down at the " + word(name(e.server));
  }
  std::string operator()(const Fault& e) const {
    return word(faults[static_cast<std::size_t>(e.kind)]) + (e.begins ? "" : ": over");
  }
  std::string operator()(const Pool& e) const { return "pool " + text(e.first) + " to " + text(e.last); }
};

}  // namespace

std::string describe(const Event& event) {
  return std::visit(Describe{}, event.body);
}

}  // namespace twinlease::model::history
