// twinlease ctl: asks a running twinleased. Exit codes: docs/formats/exit-codes.md.
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "impl/server/control.hpp"

namespace {

using nlohmann::json;
using twinlease::server::ControlSocket;
constexpr int exit_refused = 1, exit_usage = 4, exit_own_error = 70;

json ask(const std::string& path, json request) {
  request["version"] = ControlSocket::version;
  boost::asio::io_context context;
  boost::asio::local::stream_protocol::socket socket(context);
  socket.connect(path);
  boost::asio::write(socket, boost::asio::buffer(request.dump() + '\n'));
  std::string line;
  boost::asio::read_until(socket, boost::asio::dynamic_buffer(line), '\n');
  return json::parse(line);
}

void print_status(const json& status) {
  for (const json& r : status["relationships"]) {
    std::cout << r["name"].get<std::string>() << ": " << r["role"].get<std::string>() << " in "
              << r["state"].get<std::string>() << " for "
              << status["now"].get<long>() - r["since"].get<long>() << " s; partner "
              << (r["communications_ok"].get<bool>() ? "in " : "out of reach, last in ")
              << r["partner_state"].get<std::string>() << '\n';
    if (!r["waits_for"].get<std::string>().empty())
      std::cout << "  " << r["waits_for"].get<std::string>() << '\n';
  }
  for (const json& s : status["scopes"])
    std::cout << s["name"].get<std::string>() << ": " << s["active"] << " of " << s["addresses"]
              << " addresses leased, " << s["free"] << " free, " << s["backup"] << " backup\n";
  if (status["storage_failing"].get<bool>()) std::cout << "storage fails: no new leases\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Asks a running twinleased"};
  std::string path = "/run/twinleased/control", relationship;
  bool as_json = false, confirmed = false;
  long since_s = 0;
  app.add_option("--socket", path, "control socket of the server")->capture_default_str();
  app.add_flag("--json", as_json, "print what the server answered");
  app.require_subcommand(1);
  app.add_subcommand("status", "relationships and scopes");
  app.add_subcommand("leases", "every binding that has or had a client");
  CLI::App* failover = app.add_subcommand("failover", "commands to one relationship")->require_subcommand(1);
  const std::pair<const char*, const char*> verbs[] = {
      {"partner-down", "the partner is down and serves nobody (9.4)"},
      {"pause", "stop for a short time, and tell the partner (9.13)"},
      {"shutdown", "stop for a long time, and tell the partner (9.14)"},
      {"resume", "go on after pause or shutdown"},
      {"database-restored", "the bindings were replaced by those of a backup (9.5)"}};
  for (const auto& [name, help] : verbs) {
    CLI::App* verb = failover->add_subcommand(name, help);
    verb->add_option("relationship", relationship, "its name")->required();
    verb->add_flag("--confirmed", confirmed, "yes, in a state in which that can do harm");
    if (std::string_view(name) == "partner-down")
      verb->add_option("--since", since_s, "when it went down, in seconds since 1970");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  try {
    const CLI::App* chosen = app.get_subcommands().front();
    if (chosen == failover) chosen = failover->get_subcommands().front();
    const json reply = ask(path, {{"command", chosen->get_name()},
                                  {"relationship", relationship},
                                  {"since", since_s},
                                  {"confirmed", confirmed}});
    if (as_json) std::cout << reply.dump() << '\n';
    if (!reply["ok"].get<bool>()) {
      std::cerr << "twinlease ctl: " << reply["error"].get<std::string>() << '\n';
      return exit_refused;
    }
    if (!as_json && chosen->get_name() == "status") print_status(reply);
    if (!as_json && chosen->get_name() == "leases")
      for (const json& l : reply["leases"])
        std::cout << std::left << std::setw(16) << l["address"].get<std::string>() << std::setw(10)
                  << l["status"].get<std::string>() << std::setw(20) << l["hardware"].get<std::string>()
                  << l["lease_expiration"] << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "twinlease ctl: " << path << ": " << error.what() << '\n';
    return exit_own_error;
  }
}
