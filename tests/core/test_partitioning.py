"""Partitioning agrees with Kafka's Java client."""

import pytest

from core.partitioning import murmur2, partition_of


@pytest.mark.parametrize(
    ("key", "expected"),
    [  # the vectors of Apache Kafka's UtilsTest.testMurmur2
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_is_kafkas(key: bytes, expected: int) -> None:
    assert murmur2(key) == expected & 0xFFFFFFFF


def test_keys_spread_over_all_partitions() -> None:
    counts = [0] * 12
    for number in range(12_000):
        counts[partition_of(f"conversation-{number}".encode(), 12)] += 1

    assert min(counts) > 850
    assert max(counts) < 1150


def test_an_empty_key_has_a_partition() -> None:
    assert 0 <= partition_of(b"", 12) < 12
