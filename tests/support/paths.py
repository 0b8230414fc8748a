"""Where the repository's folders are, for every test at whatever depth it stands."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
HUAIAN = ROOT / "districts" / "huaian"
