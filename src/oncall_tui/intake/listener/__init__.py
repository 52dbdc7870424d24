"""The listener: sockets, certificates, and the way of a post from there to its door."""
