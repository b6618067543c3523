"""What the tidy tests share: which files the project has, and how a violation is told."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED_FOLDERS = {".git", "build", "node_modules", ".cache", "__pycache__"}
CPP = (".cpp", ".hpp", ".h")


def files():
    """Every file that is or could be committed, relative to the root, sorted."""
    asked = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           capture_output=True, text=True, check=False)
    found = asked.stdout.split("\0") if asked.returncode == 0 else list(walk())
    return sorted({name for name in found if name and os.path.isfile(os.path.join(ROOT, name))})


def walk():
    """The same from an unpacked archive, which has no git."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), ROOT)


def read(name):
    """The text of a file, or None when it is not text."""
    with open(os.path.join(ROOT, name), "rb") as file:
        data = file.read()
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def finish(violations, checked):
    """Prints every violation as file:line: what, and ends the program."""
    for name, line, what in sorted(violations):
        print(f"{name}:{line}: {what}")
    print(f"{len(violations)} violations in {checked} files")
    sys.exit(1 if violations else 0)


def expect(cases):
    """Self-test: each case is (name, what was found, what must be found); ends the program."""
    wrong = [(name, got, want) for name, got, want in cases if got != want]
    for name, got, want in wrong:
        print(f"self-test: {name}: found {got!r}, expected {want!r}")
    print(f"self-test: {len(cases) - len(wrong)} of {len(cases)} cases are right")
    sys.exit(1 if wrong else 0)
