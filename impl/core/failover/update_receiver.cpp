#include "impl/core/failover/update_receiver.hpp"

#include <algorithm>

#include "impl/core/failover/transaction.hpp"
#include "impl/wire/typed.hpp"

namespace twinlease::core {

using wire::RejectReason;

std::string reason_text(std::uint8_t reason) {
  const std::string_view name = wire::name(static_cast<RejectReason>(reason));
  return std::to_string(reason) + (name.empty() ? "" : " (" + std::string(name) + ")");
}

bool UpdateReceiver::ours(Ipv4 address) const {
  const auto scope = ledger_.book().scope_of(address);
  return scope && std::ranges::find(scopes_, *scope) != scopes_.end();
}

void UpdateReceiver::tell(EventId id, Level level, std::string text) {
  ledger_.journal().tell(Event{id, level, standing_.config->name, std::move(text)});
}

void UpdateReceiver::on_bndupd(const wire::Message& message) {
  const wire::Dialect& dialect = *outbox_.agreement().dialect;
  wire::Errors leading;
  wire::check_leading(message, dialect, leading);
  std::vector<Verdict> verdicts;
  const wire::TransactionRange transactions = message.transactions();
  for (auto at = transactions.begin(); at != transactions.end();) {
    const wire::OptionRange options = *at;
    const bool last = ++at == transactions.end();
    const bool spoilt = !leading.empty() || (last && message.tail_error());
    Verdict verdict = spoilt ? missing("it cannot be read to the end (A-42, A-43)") : judge(options);
    verdict.address = options.find(wire::OptionCode::assigned_ip_address)->value;
    if (verdict.reject) tell_rejected(verdict);
    verdicts.push_back(verdict);
  }
  answer(message.xid(), verdicts);
}

UpdateReceiver::Verdict UpdateReceiver::missing(std::string_view why) {
  return {{}, RejectReason::missing_binding_information, why};
}

UpdateReceiver::Verdict UpdateReceiver::judge(const wire::OptionRange& options) {
  const wire::Dialect& dialect = *outbox_.agreement().dialect;
  wire::Errors errors;
  const wire::BindingUpdate update = wire::read_binding_update(options, dialect, errors);
  const auto rejects = [](const wire::Error& e) { return e.remedy == wire::Remedy::reject_transaction; };
  if (errors.total() > wire::Errors::capacity || std::ranges::any_of(errors.list(), rejects))
    return missing("an option is malformed (A-43)");
  if (!update.address) return missing("no address");
  if (!ours(*update.address))
    return {{}, RejectReason::illegal_ip_address, "not an address of this relationship"};
  const Lease own = *ledger_.book().find(*update.address);
  const auto received = decode_transaction(update, dialect, outbox_.agreement().partner_clock_s, own);
  if (!received) return missing("status, client or times are missing (A-12)");

  const UpdateQuestion question{&own, &*received, ledger_.now().wall_s};
  const UpdateAnswer answer = rules_.update(standing_, question);
  if (answer.reject) {
    remind(own);
    return {{}, answer.reject, answer.why};
  }
  const Lease merged = rules_.merge(standing_, question);
  ledger_.write_unannounced(merged);
  if (merged.untold && !own.untold) addresses_.add(merged.address, false);
  // They crossed. What the partner told us it undoes by what is on the way to it, and has to hear it again.
  const bool undone = dialect.accepts_older_updates && merged.status == BindingStatus::active;
  if (undone && addresses_.in_flight(own.address)) addresses_.add(own.address, true);
  return {};
}

// 7.2.1: what this server knows better it says itself, but not at once.
void UpdateReceiver::remind(const Lease& own) {
  if (!addresses_.knows(own.address))
    addresses_.rest(own.address, ledger_.now().monotonic_ms + first_pause_ms, true);
}

void UpdateReceiver::tell_rejected(const Verdict& verdict) {
  const std::string address =
      verdict.address.size() == 4 ? core::text({wire::load_u32(verdict.address)}) : "?";
  tell(EventId::update_rejected_by_us, Level::warning,
       "Update of " + address + " rejected: reason " +
           reason_text(static_cast<std::uint8_t>(*verdict.reject)) + ": " + std::string(verdict.why) + ".");
}

// One BNDACK for the BNDUPD, in its order (6.3). Explanations are left out where they would not fit.
void UpdateReceiver::answer(std::uint32_t xid, const std::vector<Verdict>& verdicts) {
  const auto fill = [&verdicts](bool explain) {
    return [&verdicts, explain](wire::MessageWriter& writer) {
      for (const Verdict& verdict : verdicts) {
        writer.octets(wire::OptionCode::assigned_ip_address, verdict.address);
        if (!verdict.reject) continue;
        writer.u8(wire::OptionCode::reject_reason, static_cast<std::uint8_t>(*verdict.reject));
        if (explain) writer.text(wire::OptionCode::message, verdict.why);
      }
    };
  };
  if (outbox_.send(wire::MessageType::bndack, xid, fill(true))) return;
  if (outbox_.send(wire::MessageType::bndack, xid, fill(false))) return;
  tell(EventId::partner_protocol_error, Level::error,
       "A BNDUPD has more malformed transactions than a BNDACK can name; it stays unanswered.");
}

}  // namespace twinlease::core
