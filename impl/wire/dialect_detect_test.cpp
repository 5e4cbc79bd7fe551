#include "impl/wire/dialect_detect.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "impl/wire/message_writer.hpp"

namespace twinlease::wire {
namespace {

// One message with one option, and what detect_dialect() says of it.
class DialectDetect : public ::testing::Test {
 protected:
  const Dialect* detected(MessageType type, const Dialect& sender, OptionCode code, std::string_view value) {
    MessageWriter writer(buffer_, type, 0, 0, sender);
    writer.text(code, value);
    return detect_dialect(std::get<Message>(decode(std::get<std::span<std::uint8_t>>(writer.finish()))));
  }
  const Dialect* vendor(MessageType type, const Dialect& sender, std::string_view value) {
    return detected(type, sender, OptionCode::vendor_class_identifier, value);
  }

 private:
  std::array<std::uint8_t, message_length_max> buffer_{};
};

TEST_F(DialectDetect, IscByVendorClass) {
  EXPECT_EQ(vendor(MessageType::connect, draft_12, "isc-4.4.3-P1"), &isc);
  EXPECT_EQ(vendor(MessageType::connectack, draft_12, "ISC dhcpd"), &isc);
  EXPECT_EQ(vendor(MessageType::connectack, draft_12, "an isc"), &isc);
}

TEST_F(DialectDetect, VendorClassOutweighsPayloadOffset) {
  EXPECT_EQ(vendor(MessageType::connect, microsoft, "isc-5"), &isc);
}

TEST_F(DialectDetect, MicrosoftByPayloadOffsetOfTheHandshake) {
  EXPECT_EQ(vendor(MessageType::connect, microsoft, "MSFT"), &microsoft);
  EXPECT_EQ(vendor(MessageType::connectack, microsoft, "i s c"), &microsoft);
}

TEST_F(DialectDetect, DraftOtherwise) {
  EXPECT_EQ(vendor(MessageType::connect, draft_12, "is"), &draft_12);
  EXPECT_EQ(vendor(MessageType::connectack, draft_12, ""), &draft_12);
  EXPECT_EQ(detected(MessageType::connect, draft_12, OptionCode::message, "isc"), &draft_12);
}

TEST_F(DialectDetect, MicrosoftByOptionsOfABindingUpdate) {
  EXPECT_EQ(detected(MessageType::bndupd, draft_12, OptionCode::ms_client_subnet_mask, "abcd"), &microsoft);
  EXPECT_EQ(detected(MessageType::bndupd, draft_12, OptionCode::ms_extended_address_state, "abcd"),
            &microsoft);
  EXPECT_EQ(detected(MessageType::bndupd, draft_12, OptionCode::ms_client_description, "abcd"), nullptr);
  EXPECT_EQ(detected(MessageType::bndupd, draft_12, OptionCode{option_code_last + 1}, "abcd"), nullptr);
  EXPECT_EQ(detected(MessageType::bndack, draft_12, OptionCode::ms_client_subnet_mask, "abcd"), nullptr);
}

TEST_F(DialectDetect, OtherMessagesDoNotTell) {
  for (const auto type : {MessageType::poolreq, MessageType::poolresp, MessageType::bndack,
                          MessageType::updreqall, MessageType::upddone, MessageType::updreq,
                          MessageType::state, MessageType::contact, MessageType::disconnect})
    EXPECT_EQ(vendor(type, microsoft, "isc"), nullptr);
}

}  // namespace
}  // namespace twinlease::wire
