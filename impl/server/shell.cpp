#include "impl/server/shell.hpp"

#include <systemd/sd-daemon.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <fstream>
#include <random>
#include <sstream>
#include <utility>

#include "impl/net/clock.hpp"
#include "impl/server/requests.hpp"
#include "impl/server/words.hpp"

namespace twinlease::server {
namespace {

constexpr std::chrono::seconds leave_within{5};

// First xids and jitter: different at every start, not secret.
std::uint64_t seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

Shell::Shell(Settings settings, std::string config_file)
    : settings_(std::move(settings)),
      config_file_(std::move(config_file)),
      log_(settings_),
      failover_(
          context_, [this](const core::Input& input) { handle(input); }, counters_),
      timer_(context_),
      leaving_(context_),
      signals_(context_, SIGTERM, SIGINT, SIGHUP) {
  open_links();
  if (settings_.config.probe_ms > 0)
    prober_ = std::make_unique<net::Prober>(context_, [this](const core::Input& input) { handle(input); });
  failover_.configure(settings_.config.relationships, settings_.failover_connections_max);
  if (!settings_.control.empty())
    control_ = std::make_unique<ControlSocket>(
        context_, settings_.control, [this](const nlohmann::json& request) { return control(request); });
}

Shell::~Shell() = default;

// Plain sockets first, so that a link's number is its place among addresses and then interfaces.
void Shell::open_links() {
  const auto on_input = [this](const core::Input& input) { handle(input); };
  const auto plain = [&](const std::string& address) {
    return std::make_unique<net::DhcpSocket>(context_, static_cast<std::uint32_t>(links_.size()), address,
                                             settings_.dhcp_port, on_input, counters_);
  };
  for (const std::string& address : settings_.dhcp_addresses) links_.push_back({plain(address), nullptr});
  for (const std::string& interface : settings_.dhcp_interfaces) {
    auto packet = std::make_unique<net::PacketSocket>(context_, static_cast<std::uint32_t>(links_.size()),
                                                      interface, settings_.dhcp_port, on_input, counters_);
    auto own = plain(show(packet->local()));
    links_.push_back({std::move(own), std::move(packet)});
  }
}

bool Shell::run(store::Store& store, std::vector<core::Record> records, bool storage_lost) {
  store_ = &store;
  storage_lost_ = storage_lost;
  server_ = std::make_unique<core::Server>(config(settings_.config), std::move(records), seed(),
                                           net::read_clocks());
  store.start([this](std::vector<store::Answer> answers) {
    boost::asio::post(context_, [this, answers = std::move(answers)] {
      for (const store::Answer& answer : answers)
        std::visit([this](const auto& each) { handle(core::Input(each)); }, answer);
    });
  });
  wait_for_signal();
  core::Outputs outputs;
  server_->start(net::read_clocks(), outputs);
  perform(std::move(outputs));
  sd_notify(0, "READY=1");
  log_.note(core::Level::info, "serving");
  context_.run();
  const bool stored = store.close();
  if (!stored) log_.note(core::Level::error, "some changes are not in " + settings_.store);
  log_.flush();
  return stored;
}

void Shell::handle(const core::Input& input) {
  core::Outputs outputs;
  server_->handle(input, net::read_clocks(), outputs);
  perform(std::move(outputs));
}

void Shell::perform(core::Outputs&& outputs) {
  for (core::Output& output : outputs) {
    if (auto* reply = std::get_if<core::SendDhcp>(&output))
      send(*reply);
    else if (auto* octets = std::get_if<core::SendOctets>(&output))
      failover_.send(std::move(*octets));
    else if (auto* close = std::get_if<core::CloseConnection>(&output))
      failover_.close(*close);
    else if (auto* connect = std::get_if<core::Connect>(&output))
      failover_.connect(*connect);
    else if (auto* batch = std::get_if<core::StoreBatch>(&output))
      store_->submit(std::move(*batch));
    else if (auto* probe = std::get_if<core::Probe>(&output)) {
      if (prober_) prober_->send(*probe);
    } else if (auto* event = std::get_if<core::Event>(&output))
      log_.write(*event);
    else if (auto* audit = std::get_if<core::Audit>(&output))
      log_.write(*audit, net::read_clocks().wall_s);
    else if (auto* end = std::get_if<core::Stop>(&output))
      stop_when_written(end->reason);
  }
  arm();
}

nlohmann::json Shell::control(const nlohmann::json& request) {
  return answer(request, *server_, net::read_clocks(), [this](const core::OperatorCommand& command) {
    core::Outputs outputs;
    server_->handle(command, net::read_clocks(), outputs);
    core::Outputs said = outputs;
    perform(std::move(outputs));
    return said;
  });
}

// With what only this start knows.
core::Config Shell::config(core::Config made) const {
  for (core::RelationshipConfig& r : made.relationships) r.storage_lost = storage_lost_;
  return made;
}

void Shell::send(const core::SendDhcp& reply) {
  if (reply.interface >= links_.size()) return;  // of a link that a reload has closed
  const Link& link = links_[reply.interface];
  const bool by_packet =
      link.packet != nullptr && (reply.hardware.size > 0 || reply.destination == core::Ipv4{UINT32_MAX});
  const bool sent = by_packet ? link.packet->send(reply) : link.plain->send(reply);
  ++(sent ? counters_.dhcp_sent : counters_.dhcp_send_failed);
}

void Shell::arm() {
  const core::Milliseconds deadline = server_->next_deadline();
  if (deadline == armed_for_) return;
  armed_for_ = deadline;
  if (deadline == core::never) {
    timer_.cancel();
    return;
  }
  // Never in the past: Asio then sets a timerfd to an instant long gone, which libfaketime does not
  // understand.
  timer_.expires_at(std::max(std::chrono::steady_clock::time_point(std::chrono::milliseconds(deadline)),
                             std::chrono::steady_clock::now() + std::chrono::milliseconds(1)));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;  // armed anew
    armed_for_ = core::never;
    handle(core::Tick{});
  });
}

void Shell::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    const bool again = std::exchange(ending_, ending_ || signal != SIGHUP);
    if (signal == SIGHUP)
      reload();
    else if (again)
      return stop("a second signal to end");
    else
      leave();
    wait_for_signal();
  });
}

// The service manager's stop is short, as far as anybody knows: partners hear PAUSED and take over at once
// (9.13). The core says Stop when that is stored and said; a broken disk or network does not hold it up.
void Shell::leave() {
  log_.note(core::Level::info, "told to end");
  leaving_.expires_after(leave_within);
  leaving_.async_wait([this](const boost::system::error_code& error) {
    if (!error) stop("told to end, and not everything could be said or stored");
  });
  handle(core::OperatorCommand{core::Command::pause, {}, 0, false});
}

// Scopes, relationships and options; sockets of DHCP, store and user stay as they are until the next start.
void Shell::reload() {
  std::ifstream file(config_file_);
  std::stringstream text;
  text << file.rdbuf();
  auto read = read_settings(text.str(), config_file_);
  if (const auto* mistakes = std::get_if<Mistakes>(&read)) {
    log_.note(core::Level::error,
              "the configuration was not taken over:\n" + to_string(*mistakes, config_file_));
    return;
  }
  auto& settings = std::get<Settings>(read);
  try {
    failover_.configure(settings.config.relationships, settings.failover_connections_max);
  } catch (const net::SocketError& error) {
    log_.note(core::Level::error, std::string("the configuration was not taken over: ") + error.what());
    return;
  }
  core::Outputs outputs;
  const auto refused = server_->reconfigure(config(settings.config), net::read_clocks(), outputs);
  for (const std::string& sentence : refused) log_.note(core::Level::error, sentence);
  if (refused.empty()) {
    settings_.config = settings.config;
    log_.note(core::Level::info, "the configuration was taken over");
  } else {
    failover_.configure(settings_.config.relationships, settings_.failover_connections_max);
  }
  perform(std::move(outputs));
}

// The partners' last words: STATE and DISCONNECT.
void Shell::stop_when_written(const std::string& reason, int patience_ms) {
  if (patience_ms == 0 || failover_.all_written()) return stop(reason);
  leaving_.expires_after(std::chrono::milliseconds(1));
  leaving_.async_wait([this, reason, patience_ms](const boost::system::error_code& error) {
    if (!error) stop_when_written(reason, patience_ms - 1);
  });
}

void Shell::stop(const std::string& reason) {
  sd_notify(0, "STOPPING=1");
  log_.note(core::Level::info, "ends: " + reason);
  context_.stop();
}

}  // namespace twinlease::server
