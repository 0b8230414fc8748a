"""What the system must bring: a Chromium, pango for PDF, Chinese fonts, antiword; Debian's packages when root."""

import ctypes.util
import os
import shutil
import subprocess
import sys

from core.runtime.chromium import ensure_chromium

PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
FONTS = ("fonts-noto-cjk",)
OLD_WORD = ("antiword",)  # reads .doc attachments


def missing() -> tuple[str, ...]:
    """Debian's packages that this machine seems to lack."""
    packages = () if ctypes.util.find_library("pangoft2-1.0") else PANGO
    old_word = () if shutil.which("antiword") or shutil.which("catdoc") else OLD_WORD
    return (*packages, *(() if has_chinese_font() else FONTS), *old_word)


def has_chinese_font() -> bool:
    """Whether any font can draw Chinese."""
    if not shutil.which("fc-list"):
        return False
    done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip())


def install(packages: tuple[str, ...]) -> None:
    """Install Debian's packages where this process may; otherwise say which are lacking."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not packages:
        return
    if not (root and shutil.which("apt-get")):
        print(
            f"缺少系统组件：{'、'.join(packages)}（没有它们不能生成 PDF，截图会缺字，旧版 Word 附件读不了）",
            file=sys.stderr,
        )
        return
    print(f"正在安装：{'、'.join(packages)}", file=sys.stderr)
    for step in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        subprocess.run(step, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    chromium = ensure_chromium()
    print(
        f"Chromium：{chromium}"
        if chromium
        else "没有 Chromium 也装不上：需要浏览器渲染的栏目将不核查，相关测试不运行。",
        file=sys.stderr,
    )
    install(missing())
