"""What only an env, or a machine, can say of the settings; all of it before a training begins."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from itt.algorithms.sac.settings import SAC
from itt.envs import EnvSpec
from itt.errors import UserError
from itt.experience.replay import size_in_bytes
from itt.experience.segments import most_bytes


def check(spec: EnvSpec) -> None:
    """That the env can be learned.

    Raises:
        UserError: Its actions are discrete.
    """
    if spec.discrete:
        raise UserError(f"method: sac needs continuous actions; {spec.name} has {spec.action} discrete ones")


def check_room(settings: SAC, spec: EnvSpec, folder: Path, saved: Path) -> None:
    """That the buffer has room: in memory or on disk, and saved on disk besides. `saved`: where some of it may be.

    Raises:
        UserError: It has not.
    """
    kept = min(settings.buffer_capacity, settings.steps)
    need = size_in_bytes(kept, spec.observation, spec.action)
    held, disk = available_memory(), shutil.disk_usage(folder).free
    if settings.buffer_in == "memory" and need > held:
        raise UserError(
            f"algorithm.buffer_capacity: {kept} transitions of {spec.name} take {_gib(need)}, and "
            f"{_gib(held)} of memory are free; buffer_in: disk, or a smaller one"
        )
    there = sum(file.stat().st_size for file in saved.glob("rows-*.bin")) if saved.is_dir() else 0
    more = max(0, most_bytes(kept, spec.observation, spec.action) - there)
    wanted = more + (need if settings.buffer_in == "disk" else 0)
    if wanted > disk:
        raise UserError(
            f"algorithm.buffer_capacity: {kept} transitions of {spec.name} take up to "
            f"{_gib(wanted)} in {folder}, where {_gib(disk)} are free"
        )


def available_memory() -> int:
    """Bytes that a process may still take without swapping; by Linux's own estimate where it is told."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")


def _gib(size: int) -> str:
    return f"{size / 2**30:.3g} GiB"
