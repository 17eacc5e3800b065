// SPDX-License-Identifier: MIT
#include "core/pipe/pipe.hpp"

#include "core/pipe/fifo.hpp"
#include "core/pipe/udp.hpp"
#include "core/pipe/unix_socket.hpp"

namespace msn::pipe {

Result<std::unique_ptr<Pipe>> open(const Address& address, Patience patience) {
  switch (address.kind) {
    case Address::Kind::unix_socket:
      return open_unix_socket(address, patience);
    case Address::Kind::fifo:
      return open_fifo(address, patience);
    case Address::Kind::udp:
      return open_udp(address);
    case Address::Kind::stdio:
      break;
  }
  return fail(ErrorCode::usage,
              "only msncd can use the address stdio; write unix:PATH, fifo:DIR or udp:HOST:PORT");
}

}  // namespace msn::pipe
