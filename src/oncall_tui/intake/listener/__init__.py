"""The listener: sockets, certificates, limits, and the shape of every answer."""
