"""Refuses every connection that would leave this machine; used by the whole test run and by the subprocesses that it starts."""

import ipaddress
import socket

_LOCAL_NAMES = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost", "0.0.0.0", "::"})


class LeavesTheMachineError(RuntimeError):
    """Raised instead of connecting; no library's error handling takes it for an ordinary network failure."""


def stays_here(host):
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name.lower() in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def _check_address(family, address):
    if family in (socket.AF_INET, socket.AF_INET6) and not stays_here(address[0]):
        raise LeavesTheMachineError(f"a test tried to connect to {address!r}; nothing may leave this machine")


def install():
    """Replace the ways out of the process, and return a function that restores them."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    create_connection, getaddrinfo = socket.create_connection, socket.getaddrinfo

    def guarded_connect(self, address):
        _check_address(self.family, address)
        return connect(self, address)

    def guarded_connect_ex(self, address):
        _check_address(self.family, address)
        return connect_ex(self, address)

    def guarded_create_connection(address, *args, **kwargs):
        _check_address(socket.AF_INET, address)
        return create_connection(address, *args, **kwargs)

    def guarded_getaddrinfo(host, *args, **kwargs):
        if not stays_here(host):
            raise LeavesTheMachineError(f"a test tried to look up {host!r}; nothing may leave this machine")
        return getaddrinfo(host, *args, **kwargs)

    def restore():
        socket.socket.connect, socket.socket.connect_ex = connect, connect_ex
        socket.create_connection, socket.getaddrinfo = create_connection, getaddrinfo

    socket.socket.connect, socket.socket.connect_ex = guarded_connect, guarded_connect_ex
    socket.create_connection, socket.getaddrinfo = guarded_create_connection, guarded_getaddrinfo
    return restore
