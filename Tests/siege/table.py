"""The table at the end: what was done, what was seen, what was wanted, and whether it held."""

from dataclasses import dataclass, field


@dataclass
class Row:
    attack: str
    figures: list = field(default_factory=list)
    # Each a sentence and whether it held.
    wanted: list = field(default_factory=list)
    # Why there was nothing to see. Such a row holds nothing and breaks nothing.
    skipped: str | None = None

    def want(self, sentence, holds):
        self.wanted.append((sentence, bool(holds)))

    @property
    def held(self):
        """A row that wants nothing has shown nothing."""
        return self.skipped is None and bool(self.wanted) and all(holds for _, holds in self.wanted)

    @property
    def word(self):
        return "skipped" if self.skipped else "yes" if self.held else "NO"

    @property
    def missed(self):
        return [sentence for sentence, holds in self.wanted if not holds]


def markdown(rows):
    """For people, and to be pasted."""
    lines = ["| attack | figures | wanted | held |", "|---|---|---|---|"]
    for row in rows:
        wanted = "; ".join(sentence if holds else f"**{sentence}**" for sentence, holds in row.wanted)
        cells = [row.attack, row.skipped or "; ".join(row.figures), wanted, row.word]
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)


def exit_code(rows):
    """0 where every row held, or was skipped by name, and one at least held; else 1."""
    return 0 if any(row.held for row in rows) and all(row.held or row.skipped for row in rows) else 1


def megabytes(count):
    return f"{count / 1e6:.0f} MB"


def milliseconds(seconds):
    return "none" if seconds is None else f"{seconds * 1000:.0f} ms"
