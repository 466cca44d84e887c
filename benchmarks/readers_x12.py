"""Owns the speed and memory of the readers of 837 claims and HL7 v2 messages.

Segments per second of CPU time on one core, from a file to encounters that the model accepts;
and the peak of memory for a small and a large file.

    python -m benchmarks.readers_x12 > benchmarks/readers_x12.md
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

from infusion_asp.ingest.common import Kind, Tally, encounters_of
from infusion_asp.ingest.hl7 import KIND as HL7
from infusion_asp.ingest.x12 import KIND as X12

_LINES = (
    ("96365", "", 1, ""),
    ("96366", "", 2, ""),
    ("96375", "59", 1, ""),
    ("J1745", "JZ", 50, "57894003001"),
)
_CLAIM = (
    "HL*{n}*1*22*0~SBR*P*18*GRP01******MB~NM1*IL*1*DOE*JO****MI*X{n}~N3*1 STREET~"
    "N4*TOWN*NY*10001~DMG*D8*19600101*F~NM1*PR*2*PAYER*****PI*1~CLM*A{n}*900***{place}*Y*A*Y*Y~"
    "DTP*434*RD8*20250303-20250303~CL1*1*1*01~REF*EA*M{n}~HI*ABK:K5090~"
)


def interchange(claims: int, *, professional: bool = False) -> Iterator[str]:
    """The text of one interchange with a transaction of so many claims, piece by piece."""
    form = "005010X222A2" if professional else "005010X223A3"
    yield (
        f"ISA*00*{' ' * 10}*00*{' ' * 10}*ZZ*{'S' * 15}*ZZ*{'R' * 15}"
        "*250303*1200*^*00501*000000001*0*T*:~"
    )
    yield f"GS*HC*S*R*20250303*1200*1*X*{form}~ST*837*0001*{form}~BHT*0019*00*1*20250303*1200*CH~"
    yield "HL*1**20*1~NM1*85*2*CLINIC*****XX*1234567893~"
    segments = 4
    for number in range(claims):
        text = _CLAIM.format(n=number + 2, place="11:B:1" if professional else "13:A:1")
        for rank, (code, modifier, units, drug) in enumerate(_LINES, 1):
            procedure = f"HC:{code}" + (f":{modifier}" if modifier else "")
            service = "SV1*" if professional else "SV2*0260*"
            text += f"LX*{rank}~{service}{procedure}*100*UN*{units}~DTP*472*D8*20250303~"
            text += f"LIN**N4*{drug}~CTP****5*UN~" if drug else ""
        segments += text.count("~")
        yield text
    yield f"SE*{segments + 1}*0001~GE*1*1~IEA*1*000000001~"


def messages(number: int) -> Iterator[str]:
    """So many RAS messages with two administrations each, two messages for each visit."""
    for each in range(number):
        yield (
            "MSH|^~\\&|MAR|H|C|H|20250303120000||RAS^O17^RAS_O17|1|P|2.5.1\r"
            f"PID|1||M{each}\rPV1|1|O|||||||||||||||||V{each // 2}\rORC|RE||F{each}\r"
            f"RXA|0|1|202503031000|202503031130|1^Drug {each % 2}^L|1|g|||||||||||||CP|A\r"
            "RXA|0|2|202503031200|202503031300|2^Other^L|1|g|||||||||||||CP|A\rRXR|IV\r"
        )


def speed(kind: Kind, path: Path, segments: int) -> float:
    """Segments per second of CPU time."""
    tally = Tally()
    began = time.process_time()
    for _ in encounters_of(kind.read([path], {}, tally), tally):
        pass
    seconds = time.process_time() - began
    assert not tally.faults and tally.read
    return segments / seconds


def peak(kind: Kind, path: Path) -> int:
    """Bytes of Python memory at the highest."""
    tracemalloc.start()
    tally = Tally()
    for _ in encounters_of(kind.read([path], {}, tally), tally):
        pass
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def measure(
    name: str, kind: Kind, text: Callable[[int], Iterator[str]], size: int, mark: str
) -> None:
    """Print a row at a tenth of `size` records and one at all of them."""
    with tempfile.TemporaryDirectory() as directory:
        for number in (size // 10, size):
            path = Path(directory) / f"{number}"
            segments = 0
            with path.open("w", newline="") as file:
                for piece in text(number):
                    segments += piece.count(mark)
                    file.write(piece)
            rate = speed(kind, path, segments)
            highest = peak(kind, path) / 1e6
            print(f"| {name} | {segments} | {rate:.0f} | {highest:.1f} |", flush=True)


def main() -> None:
    """Measure both kinds; the argument is the number of claims (and of messages)."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    print("# Speed of the readers of claims and messages\n")
    print("From a file to encounters that the model has checked, on one core.\n")
    print("| source | segments | segments per second of CPU | peak of Python memory, MB |")
    print("|---|---:|---:|---:|")
    measure("837I", X12, interchange, size, "~")
    measure("837P", X12, lambda n: interchange(n, professional=True), size, "~")
    measure("HL7", HL7, messages, size, "\r")


if __name__ == "__main__":
    main()
