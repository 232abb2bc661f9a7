#!/usr/bin/env python3
"""Every command that a fix, a message or a document names is there: `assay …` and `assay-sim …` answer to --help, a `make …`
is a target, a script a file; and every option that is named with a command is one of it.

    named_commands.py PROGRAMS        the folder that holds assay and assay-sim
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "integrations/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/advisories").glob("*.md")),
]
CODE = [
    *sorted((ROOT / "Sources").rglob("*.swift")),
    *sorted((ROOT / "web/pages").glob("*.js")),
    *sorted((ROOT / "deploy").iterdir()),
    *(each for each in sorted((ROOT / "scripts").iterdir()) if each.is_file()),
    ROOT / "Makefile",
]
COMMAND = re.compile(r"(?<![\w./-])(?<!-u )(?:\.build/\w+/)?(assay|assay-sim) ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")
MAKE = re.compile(r"(?<![\w./-])make ([a-z][a-z-]*)")
SCRIPT = re.compile(r"(?<![\w/-])scripts/([a-z][\w.-]*)")
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z0-9-]*)")


def spans(file):
    """What is code in a document, and what is text in a program: a text is a command where it says one."""
    text = file.read_text()
    if file.suffix == ".md":
        blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
        for block in blocks:
            yield from re.sub(r"\\\n\s*", " ", block).splitlines()
        for line in re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)):
            yield " ".join(line.split())
    elif file.suffix in (".swift", ".js"):
        # Literals of one line, and those that go on with +.
        joined = re.sub(r'"\s*\n\s*\+ "', "", text)
        yield from re.findall(r'"((?:[^"\\\n]|\\.)*)"', joined)
        yield from re.findall(r"'((?:[^'\\\n]|\\.)*)'", joined) if file.suffix == ".js" else ()
    else:
        yield from text.splitlines()


class Programs:
    def __init__(self, folder):
        self.folder, self.known = pathlib.Path(folder), {}

    def help(self, *words):
        """The help of a command; None where there is none."""
        if words not in self.known:
            command = [str(self.folder / words[0]), *words[1:], "--help"]
            result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60)
            self.known[words] = result.stdout if result.returncode == 0 else None
        return self.known[words]

    def subcommands(self, *words):
        """The names under SUBCOMMANDS of its help."""
        part = (self.help(*words) or "").partition("SUBCOMMANDS:")[2]
        return re.findall(r"^  ([a-z][a-z-]*)", part, re.M)


def faults(programs):
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.M))
    count = 0
    for file in DOCUMENTS + CODE:
        place = file.relative_to(ROOT)
        for span in spans(file):
            is_prose = file.suffix not in (".md",)
            for match in COMMAND.finditer(span):
                program, first, second = match.groups()
                names = programs.subcommands(program)
                if first not in names:
                    # In prose the program's name is a word: only what is said to be run must be there.
                    before = span[: match.start()].rstrip()
                    is_said = not is_prose or before == "" or re.search(r"(run|with|by|to|:|;|`|'|\(|and|or)$", before)
                    if is_said and not (is_prose and first in PROSE):
                        yield f"{place}: {match[0]}: {program} has no {first}: {span[:100]}"
                    continue
                count += 1
                words = [program, first]
                below = programs.subcommands(*words)
                if below and second in below:
                    words.append(second)
                elif below and second and not is_prose:
                    yield f"{place}: {match[0]}: {program} {first} has no {second}"
                    continue
                text = programs.help(*words)
                if text is None:
                    yield f"{place}: {' '.join(words)} --help fails"
                    continue
                # Up to the next command of the line.
                rest = re.split(r"[|;&]|\bassay\b|`", span[match.end() :])[0]
                known = "".join(programs.help(*words, each) or "" for each in below) + text if len(words) == 2 else text
                for option in OPTION.findall(rest):
                    if option not in OPTION.findall(known) and not is_prose:
                        yield f"{place}: {' '.join(words)} has no {option}"
            for name in MAKE.findall(span):
                is_command = name in targets or not is_prose
                count += is_command
                if name not in targets and (not is_prose or re.search(rf"[`']make {name}[`']", span)):
                    yield f"{place}: make {name}: no target of the Makefile: {span[:100]}"
            for name in SCRIPT.findall(span):
                count += 1
                if not (ROOT / "scripts" / name.rstrip(".")).exists():
                    yield f"{place}: scripts/{name}: no such file"
    # A pattern that finds nothing any more proves nothing.
    if count < 150:
        yield f"only {count} commands were found"
    print(f"{count} commands named, {len(DOCUMENTS + CODE)} files")


# Words that follow the program's name in sentences.
PROSE = {"is", "has", "and", "or", "as", "it", "of", "can", "does", "that", "this", "for", "in", "issues", "hashes"}

if __name__ == "__main__":
    found = list(faults(Programs(sys.argv[1])))
    print("\n".join(found))
    sys.exit(1 if found else 0)
