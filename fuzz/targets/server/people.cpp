#include "fuzz/targets/server/people.hpp"

#include <algorithm>
#include <string>
#include <variant>

#include "impl/wire/dhcp4_writer.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::fuzz {

namespace {

using namespace wire;
using dhcp4::OptionCode;

constexpr std::size_t updates_max = 64;  // more than the partner's window is never on the way

dhcp4::MessageType type_of(std::uint8_t form) {
  using enum dhcp4::MessageType;
  switch (static_cast<ClientForm>(form)) {
    case ClientForm::discover: return discover;
    case ClientForm::select:
    case ClientForm::renew:
    case ClientForm::reboot: return request;
    case ClientForm::release: return release;
    case ClientForm::decline: return decline;
    case ClientForm::inform: return inform;
    default: return static_cast<dhcp4::MessageType>(form);
  }
}

bool names_itself(ClientForm form) {  // in ciaddr
  return form == ClientForm::renew || form == ClientForm::release || form == ClientForm::inform;
}
bool requests_address(ClientForm form) {
  return form == ClientForm::select || form == ClientForm::reboot || form == ClientForm::decline;
}
bool names_server(ClientForm form) {
  return form == ClientForm::select || form == ClientForm::release || form == ClientForm::decline;
}

// The message of the server that this one answers.
MessageType asked_by(MessageType answer) {
  switch (answer) {
    case MessageType::connectack: return MessageType::connect;
    case MessageType::bndack: return MessageType::bndupd;
    case MessageType::poolresp: return MessageType::poolreq;
    case MessageType::upddone: return MessageType::updreq;
    default: return answer;
  }
}

}  // namespace

core::DhcpPacket Clients::packet(Octets body) {
  const std::uint8_t who = octet(body, 0), n = who % count;
  const auto form = static_cast<ClientForm>(octet(body, 1));
  const Ipv4 subnet = (who & client_flag::unshared) != 0 ? unshared_subnet : shared_subnet;
  const Ipv4 server{subnet.value + 1};
  const std::uint8_t chosen = octet(body, 2);
  const Ipv4 address = chosen == 0 ? own_[n] : Ipv4{subnet.value + chosen};
  const std::array<std::uint8_t, 6> hardware = {2, 0, 0, 0, 0, n};

  dhcp4::Header header;
  header.xid = 0x7e000000u + n;
  header.secs = octet(body, 3);
  header.flags = (who & client_flag::broadcast) != 0 ? dhcp4::broadcast_flag : std::uint16_t{0};
  header.chaddr = hardware;
  if (names_itself(form)) header.ciaddr = address;
  if ((who & client_flag::relayed) != 0) header.giaddr = server;
  dhcp4::Writer writer(buffer_, header);
  if (form != ClientForm::bootp) writer.message_type(type_of(octet(body, 1)));
  if ((who & client_flag::identifier) != 0)
    writer.text(OptionCode::client_identifier, "id-" + std::to_string(n));
  if (requests_address(form)) writer.ipv4(OptionCode::requested_ip_address, address);
  if (names_server(form)) writer.ipv4(OptionCode::server_identifier, server);
  writer.raw(after(body, 4));
  const auto finished = writer.finish();
  const auto* octets = std::get_if<std::span<std::uint8_t>>(&finished);

  core::DhcpPacket packet;
  packet.interface = 1;
  packet.local = server;
  packet.source = header.ciaddr;
  packet.source_port = (who & client_flag::relayed) != 0 ? 67 : 68;
  packet.destination = {0xffffffff};
  if (octets != nullptr) packet.payload = *octets;
  return packet;
}

void Clients::heard(const dhcp4::Message& reply) {
  const Octets hardware = reply.header().hardware_address();
  if (reply.header().yiaddr.value != 0 && !hardware.empty())
    own_[hardware.back() % count] = reply.header().yiaddr;
}

Partner::Partner(const core::RelationshipConfig& config)
    : dialect_(config.dialect != nullptr ? config.dialect : &draft_12), authentication_(config) {}

template <class Put>
core::Bytes Partner::written(MessageType type, std::uint32_t xid, core::Seconds time_s, bool with_digest,
                             Put put) const {
  std::array<std::uint8_t, message_length_max> buffer;
  MessageWriter writer(buffer, type, static_cast<std::uint32_t>(time_s), xid, *dialect_);
  if (with_digest) authentication_.open(writer, *dialect_);
  put(writer);
  if (with_digest) authentication_.close(writer, *dialect_);
  const auto finished = writer.finish();
  const auto* octets = std::get_if<std::span<std::uint8_t>>(&finished);
  if (octets == nullptr) return {};
  if (with_digest) static_cast<void>(authentication_.sign(*octets, *dialect_));
  return {octets->begin(), octets->end()};
}

core::Bytes Partner::message(Octets body, core::Seconds now_s) const {
  const auto type = static_cast<MessageType>(octet(body, 1));
  const auto ahead_s = static_cast<std::int8_t>(octet(body, 2));
  const bool with_digest = (octet(body, 0) & message_flag::unsigned_) == 0 && authentication_.in_use();
  std::uint32_t xid = 0x51000000u + octet(body, 1);
  if ((octet(body, 0) & message_flag::answer) != 0) {
    const auto found = asked_.find(asked_by(type));
    if (found != asked_.end()) xid = found->second;
  }
  return written(type, xid, now_s + ahead_s, with_digest,
                 [&](MessageWriter& writer) { writer.raw(after(body, 3)); });
}

core::Bytes Partner::acknowledgement(Octets body, core::Seconds now_s) {
  if (updates_.empty()) return {};
  const core::Bytes octets = std::move(updates_.front());
  updates_.pop_front();
  const auto decoded = decode(octets);
  const Message& update = std::get<Message>(decoded);
  const std::uint8_t reason = octet(body, 1);
  return written(MessageType::bndack, update.xid(), now_s, authentication_.in_use(),
                 [&](MessageWriter& writer) {
                   for (const OptionRange transaction : update.transactions()) {
                     Errors errors;
                     BindingAck ack;
                     ack.address = read_binding_update(transaction, *dialect_, errors).address;
                     if (reason != 0) ack.reject_reason = reason;
                     write(writer, ack);
                   }
                 });
}

bool Partner::is_authentic(const Message& message) const {
  return !authentication_.in_use() || std::ranges::any_of(all_dialects(), [&](const Dialect* each) {
    return !authentication_.check(message, *each);  // of one that the server found out by itself
  });
}

void Partner::heard(const Message& message) {
  const MessageType type = message.type() == MessageType::updreqall ? MessageType::updreq : message.type();
  asked_[type] = message.xid();
  if (type != MessageType::bndupd || updates_.size() == updates_max) return;
  updates_.emplace_back(message.octets().begin(), message.octets().end());
}

}  // namespace twinlease::fuzz
