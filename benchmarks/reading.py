"""What reading one document costs, in a process of its own as the product does it: `python -m benchmarks.reading`.

The baseline does the least that could be called the same, in the same run: lxml parses the file, PDFium opens it, takes
its text or paints its first page, Pillow decodes it.
Processor time and memory are those of the whole child, from start to end, so the interpreter's own start is in both.
"""

import sys
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory

from PIL import Image

from benchmarks.table import show
from bot.intake.parent import ENTRY, Limits
from bot.intake.sniff import sniff
from bot.intake.task import Task
from tests.intake.drawn import Text, a_letter, a_text_pdf
from tests.intake.hybrids import a_pdf_with
from tests.intake.known import LINES, known
from tests.intake.writers import Known, as_cii, as_fattura_pa, as_ubl, as_zugferd_1

ROUNDS, USUAL, MANY, PAGES = 5, 10, 2000, 10
PHOTO = (4000, 3000)
PARSED = "import sys; from lxml import etree; etree.fromstring(sys.stdin.buffer.read())"
_PDF = "import sys, pypdfium2; document = pypdfium2.PdfDocument(sys.stdin.buffer.read()); "
OPENED = _PDF + "len(document)"
TEXT_TAKEN = _PDF + "[page.get_textpage().get_text_range() for page in document]"
PAINTED = _PDF + "document[0].render(scale=1.5).to_pil().save(sys.stdout.buffer, 'PNG')"
DECODED = "import sys, PIL.Image; PIL.Image.open(sys.stdin.buffer).load()"
SHRUNK = "import sys, PIL.Image; i = PIL.Image.open(sys.stdin.buffer); i.thumbnail((1000, 3000)); i.save(sys.stdout.buffer, 'PNG')"
_WATCH = """
import os, resource, sys
name, *command = sys.argv[1:]
child = os.fork()
if not child:
    os.dup2(os.open(name, os.O_RDONLY), 0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execv(command[0], command)
_, status, used = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""
"""Starts a command and says what it used. The system takes a new process for as large as the one it is a copy of, so
this is a small one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    name: str
    content: bytes
    bare: str
    task: Task = Task.READ


@dataclass(frozen=True, slots=True)
class Used:
    cpu_seconds: float
    mebibytes: float


def invoice(lines: int) -> Known:
    line = LINES[1]
    net = line.net * lines
    every = tuple(replace(line, description=f"Book {number}") for number in range(lines))
    return known(
        own=lines, lines=every, net=net, tax=Decimal(0), gross=net, payable=net, prepaid=None, tax_breakdown=()
    )


def photo() -> bytes:
    """Twelve megapixels that are as hard to decode as those of a photograph."""
    written = BytesIO()
    Image.effect_noise(PHOTO, 40).convert("RGB").save(written, "JPEG", quality=80)
    return written.getvalue()


def page() -> list[Text]:
    items = (f"Book {number}|1|40.00|40.00" for number in range(40))
    return a_letter("# Invoice A-1", "Date|2026-03-01", *items, "Net|1600.00", "VAT 20%|320.00", "Total due|1920.00")


def drawn() -> list[Document]:
    """What people send for people."""
    text, picture = a_text_pdf(page()), photo()
    pages = a_text_pdf(*[page()] * PAGES)
    return [
        Document(name="PDF with text", content=text, bare=TEXT_TAKEN),
        Document(name=f"PDF with text, {PAGES} pages", content=pages, bare=TEXT_TAKEN),
        Document(name="PDF, preview", content=text, bare=PAINTED, task=Task.PREVIEW),
        Document(name="photo", content=picture, bare=DECODED),
        Document(name="photo, preview", content=picture, bare=SHRUNK, task=Task.PREVIEW),
    ]


def stated() -> list[Document]:
    usual, many = invoice(USUAL), invoice(MANY)
    fattura = replace(usual, type_code="TD01")
    return [
        Document(name="UBL", content=as_ubl(usual), bare=PARSED),
        Document(name="CII (XRechnung)", content=as_cii(usual), bare=PARSED),
        Document(name="ZUGFeRD 1", content=as_zugferd_1(usual), bare=PARSED),
        Document(name="FatturaPA", content=as_fattura_pa(fattura), bare=PARSED),
        Document(name="Factur-X in a PDF", content=a_pdf_with({"factur-x.xml": as_cii(usual)}), bare=OPENED),
        Document(name=f"UBL, {MANY} lines", content=as_ubl(many), bare=PARSED),
        Document(name=f"CII, {MANY} lines", content=as_cii(many), bare=PARSED),
        Document(name=f"Factur-X, {MANY} lines", content=a_pdf_with({"factur-x.xml": as_cii(many)}), bare=OPENED),
    ]


def used_by(path: Path, *arguments: str) -> Used:
    watched = (sys.executable, "-I", "-S", "-c", _WATCH, str(path), sys.executable, *arguments)
    said = run(watched, capture_output=True, check=True, text=True, cwd="/", env={}).stdout.split()
    if said[0] != "0":
        raise RuntimeError(f"{path.name}: the child ended with {said[0]}")
    return Used(float(said[1]), float(said[2]))


def _row(folder: Path, document: Document) -> tuple[str, ...]:
    path, limits = folder / document.name, Limits()
    path.write_bytes(document.content)
    numbers = (limits.memory_bytes, limits.cpu_seconds, limits.output_bytes)
    ours = (*ENTRY, document.task, sniff(document.content), *map(str, numbers))
    rounds = [(used_by(path, *ours), used_by(path, "-I", "-B", "-c", document.bare)) for _ in range(ROUNDS)]
    reading, bare = ([each[place] for each in rounds] for place in (0, 1))
    cpu, bare_cpu = (min(used.cpu_seconds for used in those) for those in (reading, bare))
    memory, bare_memory = (max(used.mebibytes for used in those) for those in (reading, bare))
    return (
        document.name,
        f"{len(document.content) / 1000:.1f}",
        f"{cpu:.3f}",
        f"{bare_cpu:.3f}",
        f"{cpu / bare_cpu:.2f}",
        f"{memory:.0f}",
        f"{bare_memory:.0f}",
    )


def main() -> None:
    with TemporaryDirectory(prefix="dext-bench-") as folder:
        Path(folder).chmod(0o755)
        rows = [_row(Path(folder), document) for document in (*stated(), *drawn())]
    show(
        f"One document, read in a process of its own: least CPU and most memory of {ROUNDS}",
        ("document", "kB", "CPU s", "bare CPU s", "ratio", "MiB", "bare MiB"),
        rows,
    )


if __name__ == "__main__":
    main()
