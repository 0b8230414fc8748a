"""Whether there is room for a night, asked before it begins: one that fills the disk leaves everything half done."""

from core.domain.errors import EngineError
from core.runtime.disk import disk_of
from core.runtime.paths import Paths

FACTOR = 3  # times what a night has lately taken: the fullest night of a quarter takes about twice the median
MIB = 1024**2


def require_room(paths: Paths, floor_mib: int) -> None:
    """EngineError where the disk has less room than tonight may take.

    That is `FACTOR` times the median of the last nights and the store once more (its journal, or a migration's copy),
    and `floor_mib` at the least.
    """
    disk = disk_of(paths)
    need = max(floor_mib * MIB, FACTOR * disk.night + disk.store)
    if disk.free < need:
        raise EngineError(
            f"磁盘空间不够一夜之用：{paths.root} 剩余 {disk.free // MIB} MiB，至少要 {-(-need // MIB)} MiB；"
            "今夜没有开始核查。请腾出空间（chengxin status 会列出数据占用），再运行 chengxin night"
        )
