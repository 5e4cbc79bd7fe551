#include "model/explore/text.hpp"

#include <array>
#include <charconv>
#include <vector>

namespace twinlease::model::explore {
namespace {

constexpr std::array<std::string_view, 30> kKinds = {
    "tick",         "deliver",
    "cut",          "cut-to",
    "notice",       "connect",
    "discover",     "renew",
    "release",      "expire",
    "free-alone",   "timer-startup",
    "timer-mclt",   "timer-safe-period",
    "ask-for-pool", "crash",
    "start",        "lose-storage",
    "partner-down", "commit",
    "pause",        "shutdown",
    "partner-up",   "new-mclt",
    "back-up",      "restore",
    "timer-stop",   "timer-receive",
    "timer-sync",   "timer-no-ack",
};
static_assert(kKinds.size() == static_cast<std::size_t>(Step::Kind::timer_no_ack) + 1);

constexpr std::array<std::string_view, 8> kTypes = {"STATE",     "BNDUPD",  "BNDACK",  "UPDREQ",
                                                    "UPDREQALL", "UPDDONE", "POOLREQ", "POOLRESP"};

bool has_side(Step::Kind kind) {
  return kind != Step::Kind::tick && kind != Step::Kind::cut && kind != Step::Kind::connect &&
         kind != Step::Kind::new_mclt;
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> all;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) all.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return all;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > 31) return std::nullopt;
  return value;
}

bool read_word(std::string_view word, Step& step) {
  for (Side side : {kPrimary, kSecondary})
    if (word == name(side)) {
      step.side = side;
      return true;
    }
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return false;
  const auto value = number(word.substr(equals + 1));
  if (!value) return false;
  const std::string_view key = word.substr(0, equals);
  if (key == "client" && *value <= kMostClients)
    step.client = *value;
  else if (key == "address" && *value < kMostAddresses)
    step.address = static_cast<Address>(*value);
  else if (key == "choice")
    step.choice = static_cast<std::uint8_t>(*value);
  else
    return false;
  return true;
}

std::string to_text(const Endpoint& endpoint, Seconds now) {
  if (!endpoint.running()) {
    const Record& record = endpoint.record();
    return "down, stored " + (record.any ? std::string(to_string(record.state)) : "nothing");
  }
  constexpr std::array<std::string_view, 3> kLinks = {"no link", "connected", "communications ok"};
  std::string text(to_string(endpoint.state()));
  if (endpoint.state() == State::partner_down) text += " since " + relative(endpoint.since(), now);
  return text + ", " + std::string(kLinks[static_cast<std::size_t>(endpoint.link())]) +
         (endpoint.asks() ? ", asks" : "");
}

}  // namespace

std::string_view name(Side side) {
  return side == kPrimary ? "primary" : "secondary";
}

std::string_view to_string(BindingStatus status) {
  constexpr std::array<std::string_view, 8> kNames = {"?",        "FREE",      "ACTIVE", "EXPIRED",
                                                      "RELEASED", "ABANDONED", "RESET",  "BACKUP"};
  return kNames[static_cast<std::size_t>(status)];
}

std::string relative(Seconds time, Seconds now) {
  if (time == 0) return "-";
  return (time > now ? "+" : "") + std::to_string(time - now);
}

std::string to_text(const Step& step) {
  std::string text(kKinds[static_cast<std::size_t>(step.kind)]);
  if (has_side(step.kind)) text += " " + std::string(name(step.side));
  const bool of_client =
      step.kind == Step::Kind::discover || step.kind == Step::Kind::renew || step.kind == Step::Kind::release;
  if (of_client) text += " client=" + std::to_string(step.client);
  if (of_client || step.kind == Step::Kind::expire || step.kind == Step::Kind::free_alone)
    text += " address=" + std::to_string(step.address);
  if (step.choice != 0) text += " choice=" + std::to_string(step.choice);
  return text;
}

std::optional<Step> parse_step(std::string_view line) {
  const auto all = words(line);
  if (all.empty()) return std::nullopt;
  Step step;
  std::size_t kind = 0;
  while (kind < kKinds.size() && kKinds[kind] != all[0]) ++kind;
  if (kind == kKinds.size()) return std::nullopt;
  step.kind = static_cast<Step::Kind>(kind);
  for (std::size_t at = 1; at < all.size(); ++at)
    if (!read_word(all[at], step)) return std::nullopt;
  return step;
}

std::string to_text(const Message& message, Seconds now) {
  std::string text(kTypes[static_cast<std::size_t>(message.type)]);
  switch (message.type) {
    case Message::Type::state:
      return text + " " + std::string(to_string(message.server_state)) + (message.startup ? " STARTUP" : "");
    case Message::Type::bndupd:
      text +=
          " address=" + std::to_string(message.address) + " " + std::string(to_string(message.update.status));
      if (message.update.client != 0) text += " client=" + std::to_string(message.update.client);
      if (message.update.status == BindingStatus::active)
        text += " lease=" + relative(message.update.lease_expiration, now) +
                " potential=" + relative(message.update.potential_expiration, now);
      return text;
    case Message::Type::bndack:
      text += " address=" + std::to_string(message.address);
      if (message.reject) text += " reject-reason=" + std::to_string(static_cast<int>(*message.reject));
      return text;
    default: return text;
  }
}

std::string to_text(const Binding& binding, Seconds now) {
  std::string text(to_string(binding.status));
  if (binding.client != 0) text += " client=" + std::to_string(binding.client);
  if (!available(binding))
    text += " lease=" + relative(binding.lease_expiration, now) +
            " sent=" + relative(binding.sent_potential, now) +
            " acked=" + relative(binding.acked_potential, now) +
            " received=" + relative(binding.received_potential, now);
  constexpr std::array<std::string_view, 4> kUnacked = {"", " queued", " sent", " resend"};
  return text + std::string(kUnacked[static_cast<std::size_t>(binding.unacked)]);
}

std::string to_text(const World& world) {
  std::string text;
  for (Side side : {kPrimary, kSecondary}) {
    text += std::string(name(side)) + ": " + to_text(world.endpoint[side], world.now) + "\n";
    for (Address a = 0; a < kMostAddresses; ++a)
      text += "  address " + std::to_string(a) + ": " + to_text(world.endpoint[side].binding(a), world.now) +
              "\n";
    for (const Message& message : world.to[side])
      text += "  under way to it: " + to_text(message, world.now) + "\n";
  }
  for (ClientId c = 1; c <= kMostClients; ++c)
    if (world.holds(c))
      text += "client " + std::to_string(c) + ": address=" + std::to_string(world.client[c].address) +
              " until " + relative(world.client[c].until, world.now) + "\n";
  return text;
}

}  // namespace twinlease::model::explore
