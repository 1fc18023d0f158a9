#include "terminal/session/certificate_fetch.hpp"

#include <utility>

namespace bianmin::session {

constexpr std::int64_t piece_look_ms = 40;

void CertificateFetch::start(const record::Slip& slip, Done done) {
  stop();
  slip_ = slip;
  done_ = std::move(done);
  began_again_ = false;
  ask();
}

void CertificateFetch::stop() {
  loop_.cancel(timer_);
  if (asking_) asks_.forget(*asking_);
  asking_.reset();
  bytes_ = SecretBytes();
  done_ = nullptr;
}

void CertificateFetch::ask() {
  const auto asked = asks_.ask_piece(slip_.case_no, slip_.token, bytes_.size(), piece_wait_ms);
  if (!asked) return end(asked.error());
  asking_ = *asked;
  wake_agent_();
  look();
}

void CertificateFetch::look() {
  auto answer = asks_.piece(*asking_);
  if (!answer) return end(answer.error());
  if (*answer) return take(std::move(**answer));
  timer_ = loop_.after(piece_look_ms, [this] { look(); });
}

void CertificateFetch::take(store::PieceAnswer answer) {
  asking_.reset();
  if (answer.kind == store::AnswerKind::expired) {
    return end(Error{Remedy::retry_later, "certificate.offline", {}});
  }
  if (answer.kind == store::AnswerKind::refused) {
    return end(Error{Remedy::refuse, "certificate.refused", answer.code});
  }
  record::CertificatePiece& piece = answer.piece;
  const bool first = bytes_.empty();
  const bool fits = first || (piece.size == size_ && piece.digest == digest_);
  if (piece.offset == bytes_.size() && fits) {
    if (first) bytes_.reserve(piece.size);
    size_ = piece.size;
    digest_ = piece.digest;
    bytes_.insert(bytes_.end(), piece.bytes.begin(), piece.bytes.end());
  }
  wipe(piece.bytes.data(), piece.bytes.size());
  const Error changed{Remedy::refuse, "certificate.changed", {}};
  if (!fits) {
    if (std::exchange(began_again_, true)) return end(changed);
    bytes_ = SecretBytes();
    return ask();
  }
  if (bytes_.size() < size_) return piece.offset < bytes_.size() ? ask() : end(changed);
  if (asks_.digest(bytes_) != digest_) return end(changed);
  end(std::move(bytes_));
}

void CertificateFetch::end(Result<SecretBytes> result) {
  const Done done = std::exchange(done_, nullptr);
  stop();
  if (done) done(std::move(result));
}

}  // namespace bianmin::session
