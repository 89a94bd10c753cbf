"""狂った時計: a whole process, the database among them, is told a time that jumps (libfaketime, ``apt install libfaketime``)."""

import os
from dataclasses import dataclass
from pathlib import Path
from random import Random

PLACES = ("/usr/lib/*-linux-gnu*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1", "/usr/local/lib/faketime/libfaketime.so.1")
LONGEST_JUMP = 86_400  # seconds, either way


@dataclass
class FalseTime:
    """うその時刻: how far those who are told it are from the machine's, in a file they look at each time they ask."""

    file: Path
    library: Path | None

    @property
    def environment(self) -> dict[str, str]:
        """What a process is started with; nothing where the machine has no such library."""
        if self.library is None:
            return {}
        return {"LD_PRELOAD": str(self.library), "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DISABLE_SHM": "1"}

    def jump(self, chance: Random) -> None:
        """Up to a day ahead or back."""
        self._say(chance.randint(-LONGEST_JUMP, LONGEST_JUMP))

    def back(self) -> None:
        """The machine's time again."""
        self._say(0)

    def _say(self, seconds: int) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+}s\n")
        new.chmod(0o644)
        os.replace(new, self.file)


def false_time(folder: Path) -> FalseTime:
    """The clock of this measurement; without a library it moves nobody."""
    found = [path for place in PLACES for path in sorted(Path("/").glob(place.lstrip("/")))]
    told = FalseTime(folder / "time", found[0] if found else None)
    told.back()
    return told
