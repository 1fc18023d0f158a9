// A page printer that speaks IPP over a stream of bytes: a USB interface 7/1/4. Source: RFC 8011; USB-IF,
// IPP over USB 1.0; PWG 5100.14 (IPP Everywhere) for what its document formats are called.
//
// Not libcups: its HTTP is bound to a socket of its own, and it brings libraries for TLS, Kerberos and
// service discovery into a process that has no network. Not ipp-usb: that is a daemon on a TCP port.
#pragma once

#include <memory>
#include <stop_token>

#include "drivers/printer/page/http_exchange.hpp"
#include "drivers/printer/page/page_link.hpp"

namespace bianmin::printer {

// `options` must outlive it. begin() ends with "printer.no_language" when the printer takes no PWG raster.
// After a failure in the middle of a request the stream cannot be used any more.
std::unique_ptr<PageLink> ipp_page_link(std::unique_ptr<ByteStream> stream, const PageOptions& options);

// The bulk pair of a channel's interface.
std::unique_ptr<ByteStream> usb_stream(usb::Channel& channel, std::stop_token stop);

}  // namespace bianmin::printer
