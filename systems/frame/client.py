"""相手を呼ぶ: the client of the wire, as the core uses it too."""

from exchange.peer import Peer, Silent

__all__ = ["Peer", "Silent"]
