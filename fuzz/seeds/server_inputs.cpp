// Scripts of server-inputs: what clients, partners, disks and operators do on ordinary days.
#include <array>

#include "fuzz/seeds/seeds.hpp"
#include "fuzz/targets/server/steps.hpp"
#include "impl/wire/dialect.hpp"
#include "impl/wire/message_writer.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::fuzz {

namespace {

using namespace wire;
constexpr std::uint32_t begin_s = 0x6a0219f3;    // when a script begins
constexpr std::uint8_t first = 0, asked = 0x80;  // a connection; the one that the server asked for

class Script {
 public:
  explicit Script(std::uint8_t setting = 0) : dialect_(dialect_of(setting)) {
    step(StepKind::setting, {setting, 7});
  }

  Script& step(StepKind kind, const Bytes& body) {
    const std::array<std::uint8_t, 4> header = {0, static_cast<std::uint8_t>(kind),
                                                static_cast<std::uint8_t>(body.size() >> 8),
                                                static_cast<std::uint8_t>(body.size())};
    octets_.insert(octets_.end(), header.begin(), header.end());
    octets_.insert(octets_.end(), body.begin(), body.end());
    return *this;
  }
  Script& client(std::uint8_t who, ClientForm form, std::uint8_t address = 0, std::uint8_t secs = 0) {
    return step(StepKind::client, {who, static_cast<std::uint8_t>(form), address, secs});
  }
  Script& dora(std::uint8_t who) {
    return client(who, ClientForm::discover, 0, 60).client(who, ClientForm::select, 0, 60);
  }
  Script& time(TimeStep what, std::uint16_t n = 0) {
    return step(StepKind::time, {static_cast<std::uint8_t>(what), static_cast<std::uint8_t>(n >> 8),
                                 static_cast<std::uint8_t>(n)});
  }
  Script& storage(StorageStep what) { return step(StepKind::storage, {static_cast<std::uint8_t>(what)}); }
  template <class Put>
  Script& message(MessageType type, std::uint8_t flags, Put put) {
    std::array<std::uint8_t, message_length_max> buffer;
    MessageWriter writer(buffer, type, begin_s, 1, draft_12);
    put(writer);
    const auto written = std::get<std::span<std::uint8_t>>(writer.finish());
    Bytes body = {static_cast<std::uint8_t>(first | flags), static_cast<std::uint8_t>(type), 0};
    body.insert(body.end(), written.begin() + fixed_header_octets, written.end());
    return step(StepKind::message, body);
  }
  Script& message(MessageType type, std::uint8_t flags = 0) {
    return message(type, flags, [](MessageWriter&) {});
  }

  // The partner connects, or takes the server's connection, and says where it is.
  Script& meet_as_primary();
  Script& meet_as_secondary();
  Script& state(ServerState, std::uint8_t flags = 0);
  Script& update(std::uint8_t address, BindingStatus, std::uint8_t who, std::uint32_t for_s);
  Script& acknowledge(int times, std::uint8_t reason = 0) {
    for (int i = 0; i < times; ++i) step(StepKind::acknowledge, {first, reason});
    return *this;
  }
  Script& into_normal() {
    state(ServerState::recover).message(MessageType::upddone, message_flag::answer);
    state(ServerState::recover_done).message(MessageType::updreq);
    return acknowledge(8).state(ServerState::normal).acknowledge(8);
  }

  Bytes octets() const { return octets_; }

 private:
  static const Dialect& dialect_of(std::uint8_t setting) {
    const int dialect = setting >> setting::dialect_shift;
    return dialect == 0 ? draft_12
                        : *all_dialects()[static_cast<std::size_t>(dialect - 1) % all_dialects().size()];
  }

  const Dialect& dialect_;
  Bytes octets_;
};

Script& Script::meet_as_primary() {
  const Bytes buckets(hash_bucket_octets, 0x55);
  Connect its;
  its.relationship_name = "fo-pair";
  its.max_unacked_bndupd = 10;
  its.receive_timer_s = 60;
  its.vendor_class_identifier = "seed";
  its.protocol_version = 1;
  if (dialect_.tls_options) its.tls_request = 0;
  its.mclt_s = 600;
  its.hash_bucket_assignment = buckets;
  step(StepKind::up, {first});
  return message(MessageType::connect, 0, [&](MessageWriter& writer) { write(writer, its); });
}

Script& Script::meet_as_secondary() {
  ConnectAck its;
  its.relationship_name = "fo-pair";
  its.max_unacked_bndupd = 10;
  its.receive_timer_s = 60;
  its.vendor_class_identifier = "seed";
  its.protocol_version = 1;
  if (dialect_.tls_options) its.tls_reply = 0;
  step(StepKind::up, {first | asked});
  return message(MessageType::connectack, message_flag::answer,
                 [&](MessageWriter& writer) { write(writer, its); });
}

Script& Script::state(ServerState state, std::uint8_t flags) {
  wire::State its;
  its.server_state = static_cast<std::uint8_t>(state);
  its.server_flags = flags;
  its.start_time_of_state_s = begin_s;
  return message(MessageType::state, 0, [&](MessageWriter& writer) { write(writer, its); });
}

Script& Script::update(std::uint8_t address, BindingStatus status, std::uint8_t who, std::uint32_t for_s) {
  const Bytes hardware = {1, 2, 0, 0, 0, 0, who};
  BindingUpdate its;
  its.address = Ipv4{0x0a4d0100u + address};
  its.binding_status = static_cast<std::uint8_t>(status);
  its.client_hardware_address = hardware;
  its.start_time_of_state_s = begin_s;
  its.client_last_transaction_time_s = begin_s;
  if (status == BindingStatus::active) {
    its.lease_expiration_time_s = begin_s + for_s;
    its.potential_expiration_time_s = begin_s + 2 * for_s;
  }
  return message(MessageType::bndupd, 0, [&](MessageWriter& writer) { write(writer, its, dialect_); });
}

using enum ClientForm;

void add_clients(Seeds& out) {
  const auto add = [&out](const char* name, const Script& script) { out.push_back({name, script.octets()}); };
  constexpr std::uint8_t lab = client_flag::unshared;
  add("dora", Script().dora(lab | 1).client(lab | 1, renew).client(lab | 1, reboot).client(lab | 1, release));
  add("decline-and-inform", Script().dora(lab | 2).client(lab | 2, decline).client(lab | 2, inform));
  add("bootp", Script().client(lab | 3, bootp).client(lab | 3, bootp, 0, 9));
  add("pool-exhausted",
      Script().dora(lab).dora(lab | 1).dora(lab | 2).dora(lab | 3).dora(lab | 4).dora(lab | 5));
  add("expired", Script().dora(lab | 1).time(TimeStep::minutes, 61).dora(lab | 2).time(TimeStep::deadline));
  add("another-clients-address",
      Script().dora(lab | 1).client(lab | 2, renew, 10).client(lab | 2, release, 10));
  add("relayed-with-identifier", Script().dora(lab | client_flag::relayed | client_flag::identifier | 1));
  add("probed", Script(setting::probing)
                    .client(lab | 1, discover)
                    .step(StepKind::probe, {10, 1})
                    .time(TimeStep::deadline));
  add("disk", Script()
                  .storage(StorageStep::hold)
                  .dora(lab | 1)
                  .storage(StorageStep::fail_one)
                  .dora(lab | 2)
                  .storage(StorageStep::store_one)
                  .storage(StorageStep::go_on)
                  .client(lab | 1, renew));
  add("clock", Script()
                   .dora(lab | 1)
                   .time(TimeStep::clock_ahead, 7200)
                   .dora(lab | 2)
                   .time(TimeStep::clock_back, 9000)
                   .client(lab | 2, renew)
                   .time(TimeStep::deadline));
  add("operator", Script()
                      .step(StepKind::command, {0, 0, 1})
                      .time(TimeStep::seconds, 30)
                      .dora(1)
                      .step(StepKind::command, {5, 20, 70})
                      .step(StepKind::command, {1, 0, 2})
                      .time(TimeStep::seconds, 9));
}

void add_pairs(Seeds& out, std::uint8_t setting, const std::string& name) {
  const bool secondary = (setting & setting::secondary) != 0;
  Script begun(setting);
  secondary ? begun.meet_as_primary() : begun.time(TimeStep::deadline).meet_as_secondary();
  begun.into_normal();
  const auto add = [&](const char* what, const Script& script) {
    out.push_back({name + "-" + what, script.octets()});
  };
  add("normal", begun);
  add("leases",
      Script(begun).dora(1).acknowledge(1).client(1, renew).acknowledge(1).client(1, release).acknowledge(1));
  add("updates", Script(begun)
                     .update(10, BindingStatus::active, 5, 3600)
                     .update(11, BindingStatus::active, 6, 60)
                     .update(10, BindingStatus::released, 5, 0)
                     .update(11, BindingStatus::expired, 6, 0)
                     .dora(3));
  add("pool", Script(begun)
                  .message(MessageType::poolreq)
                  .message(MessageType::poolresp, message_flag::answer)
                  .time(TimeStep::minutes, 6)
                  .message(MessageType::contact)
                  .acknowledge(4, 2));
  add("interrupted", Script(begun)
                         .dora(1)
                         .step(StepKind::down, {first})
                         .dora(2)
                         .time(TimeStep::minutes, 2)
                         .step(StepKind::command, {0, 0, 1})
                         .time(TimeStep::minutes, 30)
                         .dora(4));
  add("conflict", Script(begun)
                      .step(StepKind::down, {first})
                      .step(StepKind::command, {0, 0, 1})
                      .dora(2)
                      .time(TimeStep::deadline)
                      .step(StepKind::up, {first})
                      .message(MessageType::connect));
  add("all-updates",
      Script(begun).dora(1).message(MessageType::updreqall).acknowledge(9).message(MessageType::disconnect));
}

}  // namespace

Seeds server_scripts() {
  Seeds out;
  add_clients(out);
  add_pairs(out, 0, "primary");
  add_pairs(out, setting::secondary, "secondary");
  add_pairs(out, setting::secondary | setting::secret, "signed");
  add_pairs(out, setting::hot_standby, "standby");
  add_pairs(out, setting::secondary | setting::windows | 3 << setting::dialect_shift, "windows");
  add_pairs(out, 2 << setting::dialect_shift, "isc");
  return out;
}

}  // namespace twinlease::fuzz
