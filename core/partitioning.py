"""Which partition a key belongs to: Kafka's default partitioner, so that a move keeps the lanes.

Source: Apache Kafka, `org.apache.kafka.common.utils.Utils.murmur2`.
"""

import struct
from functools import lru_cache

_M = 0x5BD1E995
_SEED = 0x9747B28C
_WORD = 0xFFFFFFFF


def murmur2(key: bytes) -> int:
    """The 32-bit hash of a key, as an unsigned number."""
    whole, rest = divmod(len(key), 4)
    h = _SEED ^ len(key)
    for k in struct.unpack_from(f"<{whole}I", key):
        k = k * _M & _WORD
        h = h * _M & _WORD ^ (k ^ k >> 24) * _M & _WORD
    if rest:
        h = (h ^ int.from_bytes(key[-rest:], "little")) * _M & _WORD
    h = (h ^ h >> 13) * _M & _WORD
    return h ^ h >> 15


@lru_cache(maxsize=65_536)
def partition_of(key: bytes, partitions: int) -> int:
    """The number of the partition that holds all records of this key."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
