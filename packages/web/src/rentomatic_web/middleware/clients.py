"""What a log may say of who asks: part of an address, and the trace that a request belongs to."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

# W3C Trace Context: a version, then ids of which neither may be all zeros.
TRACEPARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})"
    r"-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?P<more>-.*)?"
)


@lru_cache(maxsize=1024)
def shortened(address: str) -> str | None:
    """Return the network that an address is in, too wide to tell who it is; None if it is none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    if isinstance(found, IPv4Address):
        return str(IPv4Network((int(found), 24), strict=False))
    return str(IPv6Network((int(found), 48), strict=False))


def trace_id(traceparent: str) -> str | None:
    """Return the id of the trace that a header field names, or None when it is not valid."""
    found = TRACEPARENT.fullmatch(traceparent)
    if found is None or (found["version"] == "00" and found["more"]):
        return None
    return found["trace"]
