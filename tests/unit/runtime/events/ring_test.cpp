#include "runtime/events/ring.h"

#include <catch2/catch.hpp>
#include <string>

using namespace scry::runtime;

namespace {

void append(RecordBytes& records, uint32_t flags, const std::string& text) {
  const auto length = static_cast<uint32_t>(text.size());
  const uint32_t head = length | flags;
  std::vector<char>& bytes = records.bytes;
  bytes.resize(records.used + whole_record(head), '\xff');
  std::memcpy(bytes.data() + records.used, &head, sizeof head);
  std::memcpy(bytes.data() + records.used + kRecordHead, text.data(), text.size());
  records.used = bytes.size();
}

}  // namespace

TEST_CASE("a record takes its head and its bytes, rounded up", "[ring]") {
  CHECK(whole_record(0) == 8);
  CHECK(whole_record(1) == 16);
  CHECK(whole_record(8) == 16);
  CHECK(whole_record(9 | kRecordDiscarded) == 24);
}

TEST_CASE("records are visited in order, discarded ones are passed over", "[ring]") {
  RecordBytes records;
  append(records, 0, "one");
  append(records, kRecordDiscarded, "nothing of interest");
  append(records, 0, "");
  append(records, 0, "12345678");
  std::string seen;
  for_each_record(records, [&](std::string_view record) { seen += std::string(record) + ";"; });
  CHECK(seen == "one;;12345678;");
}
