// Messages that a receiver may leave unread, or answer by closing the connection: ill-formed ones, and those
// of a form that the draft lets it refuse (A-01, A-03, A-43; 6.2, 7.8, 7.9, 11.1). What a sender of such a
// message may expect is in conformance/reactions.csv.
#pragma once

#include "impl/wire/dialect.hpp"
#include "impl/wire/message.hpp"

namespace twinlease::abstraction {

// Of any message but CONNECT and CONNECTACK.
bool is_doubtful(const wire::Message& message, const wire::Dialect& dialect);

// Of a CONNECTACK without reject-reason: may the primary that sent `connect` refuse it nevertheless?
bool is_doubtful_ack(const wire::Message& ack, const wire::Message& connect, const wire::Dialect& dialect);

}  // namespace twinlease::abstraction
