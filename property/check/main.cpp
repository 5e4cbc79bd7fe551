// twinlease check FILE: a verdict on the failover pairs of a capture, from the capture alone.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "impl/wire/value.hpp"
#include "property/check/judge.hpp"
#include "property/check/report.hpp"

namespace {

using namespace twinlease;

struct Arguments {
  std::string file;
  bool json = false;
  capture::DecoderOptions decoder;
  check::Question question;
};

std::string safe(const std::string& text) {
  return wire::printable({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

int run(const Arguments& arguments) {
  const auto read = check::read_recording(arguments.file, arguments.decoder);
  if (const auto* error = std::get_if<capture::CaptureError>(&read)) {
    std::fprintf(stderr, "twinlease-check: %s: %s\n", safe(arguments.file).c_str(),
                 safe(error->text).c_str());
    return check::usage;
  }
  const auto reports = check::judge(std::get<check::Recording>(read), arguments.question);
  const std::string text = arguments.json ? check::to_json(reports) : check::to_text(reports);
  std::fputs(text.c_str(), stdout);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return check::our_error;
  return check::exit_code(reports);
}

// Dotted text; CLI11 shows the message of the exception.
wire::Ipv4 address_of(const std::string& dotted) {
  unsigned part[4];
  char more = 0;
  if (std::sscanf(dotted.c_str(), "%3u.%3u.%3u.%3u%c", &part[0], &part[1], &part[2], &part[3], &more) != 4)
    throw CLI::ValidationError("--primary", dotted + " is no IPv4 address");
  wire::Ipv4 address;
  for (unsigned one : part) {
    if (one > 255) throw CLI::ValidationError("--primary", dotted + " is no IPv4 address");
    address.value = address.value << 8 | one;
  }
  return address;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Says of the failover pairs in a capture which clause they break, if any.", "twinlease-check");
  Arguments arguments;
  std::string primary, role, relationship, dialect;
  double patience_s = 60;
  app.set_version_flag("--version", "twinlease-check " TWINLEASE_VERSION);
  app.add_option("FILE", arguments.file, "pcap or pcapng file; - for standard input")->required();
  app.add_flag("--json", arguments.json, "one JSON object: docs/formats/check-json.md");
  app.add_option("--primary", primary, "address of the primary, if the capture does not show which it is");
  app.add_option("--role", role, "judge this server alone")->check(CLI::IsMember({"primary", "secondary"}));
  app.add_option("--relationship", relationship, "judge the connections of this relationship-name alone");
  app.add_flag("--unattended", arguments.question.unattended,
               "no operator touched the servers: what only a command explains is a finding");
  app.add_flag("--no-safe-period", arguments.question.no_safe_period,
               "no safe period is configured (10): what only its end explains is a finding");
  app.add_flag("--storage-kept", arguments.question.storage_kept,
               "no server lost what it had stored, or got it back: what only that explains is a finding");
  app.add_option("--patience", patience_s, "seconds in which a server has read what it received (default 60)")
      ->check(CLI::PositiveNumber);
  app.add_option("--dialect", dialect, "dialect of both servers; without it, told from their messages")
      ->check(CLI::IsMember({"draft-12", "isc", "microsoft", "infoblox"}));
  app.add_option("--port", arguments.decoder.failover_ports, "TCP port of failover; may be repeated")
      ->allow_extra_args(false);
  app.footer(
      "Exit: 0 clean, 1 a clause is broken, 2 not all could be judged, 4 usage, 10 an invariant of safety, "
      "11 one of "
      "liveness.");
  try {
    app.parse(argc, argv);
    if (!primary.empty()) arguments.question.primary = address_of(primary);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? check::clean : check::usage;
  }
  if (!role.empty())
    arguments.question.role = role == "primary" ? model::Role::primary : model::Role::secondary;
  if (!relationship.empty()) arguments.question.relationship = relationship;
  if (!dialect.empty()) arguments.decoder.dialect = wire::find_dialect(dialect);
  arguments.question.patience_ms = static_cast<std::int64_t>(patience_s * 1000);
  return run(arguments);
}
