// twinlease decode FILE: the failover and DHCP messages of a capture, one line each.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "impl/wire/decode/capture.hpp"
#include "impl/wire/decode/decoder.hpp"
#include "impl/wire/decode/json.hpp"
#include "impl/wire/decode/line.hpp"
#include "impl/wire/value.hpp"

namespace {

using namespace twinlease;

enum Exit : int { clean = 0, incomplete = 2, usage = 4, our_error = 70 };

struct Arguments {
  std::string file;
  bool json = false;
  capture::DecoderOptions decoder;
};

void complain(const std::string& file, const std::string& text) {
  const auto safe = [](const std::string& s) { return wire::printable(wire::as_octets(s)); };
  std::fprintf(stderr, "twinlease-decode: %s: %s\n", safe(file).c_str(), safe(text).c_str());
}

void complain_of(const capture::Totals& totals, const std::string& file) {
  const auto count = [&file](std::uint64_t n, const char* what) {
    if (n != 0) complain(file, std::string(what) + ": " + std::to_string(n));
  };
  count(totals.malformed, "malformed messages");
  count(totals.abandoned, "directions of connections left undecoded in part");
  count(totals.begun_before, "directions of connections without their beginning");
  count(totals.fragments, "packets in IPv4 fragments, not handled");
  count(totals.cut, "frames captured with less than their headers");
}

int decode(const Arguments& arguments) {
  auto opened = capture::Capture::open(arguments.file);
  if (const auto* error = std::get_if<capture::CaptureError>(&opened)) {
    complain(arguments.file, error->text);
    return usage;
  }
  auto& file = std::get<capture::Capture>(opened);
  const auto print = [](const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
  };
  capture::Decoder decoder(arguments.decoder, [&](const capture::Record& record) {
    print(arguments.json ? capture::to_json(record) : capture::to_line(record));
  });

  if (!arguments.json) print(capture::line_heading());
  std::string unreadable;
  while (const auto next = file.next()) {
    if (const auto* error = std::get_if<capture::CaptureError>(&*next)) {
      unreadable = "after frame " + std::to_string(file.frames_read()) + ": " + error->text;
      break;
    }
    const auto& frame = std::get<capture::Frame>(*next);
    decoder.add(frame, capture::read_packet(frame.octets, frame.wire_length, file.link_type()));
    if (arguments.file == "-") std::fflush(stdout);
  }
  decoder.finish();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    complain("standard output", "cannot be written");
    return our_error;
  }
  const capture::Totals& totals = decoder.totals();
  if (!unreadable.empty()) complain(arguments.file, unreadable);
  complain_of(totals, arguments.file);
  if (totals.messages + totals.datagrams == 0)
    complain(arguments.file, "no failover or DHCP message on these ports");
  return unreadable.empty() && totals.clean() ? clean : incomplete;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Decodes the failover (TCP) and DHCPv4 (UDP) messages of a capture, one line each.",
               "twinlease-decode");
  Arguments arguments;
  std::string dialect;
  app.set_version_flag("--version", "twinlease-decode " TWINLEASE_VERSION ", JSON lines version " +
                                        std::to_string(capture::json_format_version));
  app.add_option("FILE", arguments.file, "pcap or pcapng file; - for standard input")->required();
  app.add_flag("--json", arguments.json, "one JSON object per message: docs/formats/decode-json.md");
  app.add_option("--dialect", dialect,
                 "dialect of both servers; without it, told from each server's messages")
      ->check(CLI::IsMember({"draft-12", "isc", "microsoft", "infoblox"}));
  const auto add_ports = [&app](const char* name, std::vector<std::uint16_t>& ports, const char* what) {
    app.add_option(name, ports, what)->allow_extra_args(false)->capture_default_str();
  };
  add_ports("--port", arguments.decoder.failover_ports, "TCP port of failover; may be repeated");
  add_ports("--dhcp-port", arguments.decoder.dhcp_ports, "UDP port of DHCP; may be repeated");
  app.footer("Exit: 0 clean, 2 messages malformed or capture incomplete, 4 usage or unreadable file.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? clean : usage;
  }
  if (!dialect.empty()) arguments.decoder.dialect = wire::find_dialect(dialect);
  return decode(arguments);
}
