#include "ferry/net/tls_files.hpp"

#include "support/certificate_authority.hpp"
#include "support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace ferry;
using namespace ferry::testing;
using namespace std::chrono_literals;

namespace {

struct files_fixture {
  temporary_directory folder;
  certificate_authority cluster{folder, "cluster"};

  /// The complaint about `files`; empty when there is none.
  static std::string complaint(const net::tls_files& files) {
    auto checked = net::check(files);
    return checked ? std::string{} : checked.why().text;
  }

  static bool names(const std::string& text, const std::string& part) {
    BOOST_TEST_INFO(text);
    return text.find(part) != std::string::npos;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls_files_suite, files_fixture)

BOOST_AUTO_TEST_CASE(a_certificate_of_the_authority_with_its_key_is_in_order) {
  BOOST_TEST(complaint(cluster.issue("alice")) == "");
}

BOOST_AUTO_TEST_CASE(every_complaint_is_a_matter_of_trust) {
  auto files = cluster.issue("alice");
  files.key = folder.file("nowhere.key");
  BOOST_TEST((net::check(files).why().code == errc::not_trusted));
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_named_whichever_it_is) {
  auto files = cluster.issue("alice");
  auto missing = folder.file("nowhere.pem");
  for (auto member :
       {&net::tls_files::certificate, &net::tls_files::key, &net::tls_files::authority}) {
    auto broken = files;
    broken.*member = missing;
    BOOST_TEST(names(complaint(broken), "file \"" + missing + "\" cannot be read (No such file"));
  }
}

BOOST_AUTO_TEST_CASE(a_folder_is_not_a_certificate) {
  auto files = cluster.issue("alice");
  files.certificate = folder.path().string();
  BOOST_TEST(names(complaint(files), files.certificate));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_pem_is_named_whichever_it_is) {
  auto files = cluster.issue("alice");
  folder.write("prose.pem", "dear node, please come in");
  for (auto member :
       {&net::tls_files::certificate, &net::tls_files::key, &net::tls_files::authority}) {
    auto broken = files;
    broken.*member = folder.file("prose.pem");
    BOOST_TEST(names(complaint(broken), "prose.pem\" is not a "));
    BOOST_TEST(names(complaint(broken), "in PEM form"));
  }
}

BOOST_AUTO_TEST_CASE(a_certificate_cut_in_the_middle_is_not_pem) {
  auto files = cluster.issue("alice");
  auto whole = folder.bytes(std::filesystem::path{files.certificate}.filename());
  folder.write("half.pem", whole.substr(0, whole.size() / 2));
  files.certificate = folder.file("half.pem");
  BOOST_TEST(names(complaint(files), "half.pem\" is not a certificate in PEM form"));
}

BOOST_AUTO_TEST_CASE(the_key_of_another_certificate_does_not_do) {
  auto files = cluster.issue("alice");
  files.key = cluster.issue("bob").key;
  BOOST_TEST(names(complaint(files), files.key + "\" does not belong to the certificate file"));
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_told_with_its_date) {
  auto files = cluster.issue("alice", {.valid_from = -2h, .valid_until = -1s});
  BOOST_TEST(names(complaint(files), files.certificate + "\" expired on "));
}

BOOST_AUTO_TEST_CASE(a_certificate_is_not_valid_before_its_time) {
  auto files = cluster.issue("alice", {.valid_from = 1h, .valid_until = 2h});
  BOOST_TEST(names(complaint(files), files.certificate + "\" is not valid before "));
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_is_refused) {
  auto others = certificate_authority{folder, "others"};
  auto files = others.issue("alice");
  files.authority = cluster.path();
  BOOST_TEST(names(complaint(files), "\" is not signed by the authority file \"" + cluster.path()));
}

BOOST_AUTO_TEST_CASE(two_authorities_of_the_same_name_are_told_apart) {
  auto elsewhere = temporary_directory{};
  auto forger = certificate_authority{elsewhere, "cluster"};
  auto files = forger.issue("alice");
  files.authority = cluster.path();
  BOOST_TEST(names(complaint(files), "is not signed by the authority file"));
}

BOOST_AUTO_TEST_CASE(several_authorities_are_trusted_side_by_side) {
  auto coming = certificate_authority{folder, "coming"};
  auto files = coming.issue("alice");
  folder.write("both.pem",
               folder.bytes("cluster.authority.pem") + folder.bytes("coming.authority.pem"));
  files.authority = folder.file("both.pem");
  BOOST_TEST(complaint(files) == "");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_is_no_authority_signs_nothing) {
  auto pretender = certificate_authority{folder, "pretender", {}};
  BOOST_TEST(
    names(complaint(pretender.issue("alice")), "holds a certificate that is no authority's"));
}

BOOST_AUTO_TEST_CASE(an_expired_authority_is_told) {
  auto old = certificate_authority{
    folder, "old", {.valid_from = -2h, .valid_until = -1s, .is_authority = true}};
  BOOST_TEST(
    names(complaint(old.issue("alice")), "authority file \"" + old.path() + "\" expired on"));
}

BOOST_AUTO_TEST_CASE(a_certificate_without_a_common_name_names_nobody) {
  BOOST_TEST(names(complaint(cluster.issue("")), "has no common name"));
}

BOOST_AUTO_TEST_CASE(a_certificate_for_servers_only_does_not_do) {
  auto files = cluster.issue("alice", {.extended_key_usage = "serverAuth"});
  BOOST_TEST(names(complaint(files), "may not be used at both ends"));
  BOOST_TEST(complaint(cluster.issue("bob", {.extended_key_usage = "serverAuth,clientAuth"}))
             == "");
}

BOOST_AUTO_TEST_SUITE_END()
