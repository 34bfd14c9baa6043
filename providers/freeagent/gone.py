"""Whether a category, or a bank line, that a document was refused for is still there: FreeAgent says only that it is invalid."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.domain.problems import Problem, ProblemCode
from providers.base import Access
from providers.errors import PersonNeededError, ProviderError
from providers.freeagent.bank_lines import LineReader
from providers.freeagent.client import FreeAgentClient
from providers.freeagent.resources import id_of

MOST_ASKED = 5


@dataclass(frozen=True, slots=True)
class Gone:
    client: FreeAgentClient
    bank_lines: LineReader

    async def told(self, access: Access, record: Any, problem: Problem) -> Problem:
        """The problem with which category it is about, where that can be seen; or that the bank line, where it names one, is
        explained by now, or gone. Whatever goes wrong leaves it as it is.
        """
        line = record.get("bank_transaction") if isinstance(record, dict) else None
        if line is not None:
            problem = await self._of_line(access, id_of(line), problem)
        if problem.code is not ProblemCode.ACCOUNT_NOT_VALID:
            return problem
        codes = list(dict.fromkeys(_categories(record)))
        for code in codes[:MOST_ASKED]:
            try:
                await self.client.read(access, f"categories/{code}")
            except PersonNeededError as error:
                if error.problem.code is ProblemCode.DOCUMENT_GONE:
                    words = problem.vendor_words
                    return Problem(code=ProblemCode.ACCOUNT_ARCHIVED, facts={"account": code}, vendor_words=words)
            except ProviderError:
                return problem
        return problem.with_facts(account=codes[0]) if len(codes) == 1 else problem

    async def _of_line(self, access: Access, line: str, problem: Problem) -> Problem:
        try:
            stands = await self.bank_lines.stands(access, line)
        except ProviderError:
            return problem
        if stands:
            return problem
        code = ProblemCode.BANK_LINE_GONE if stands is None else ProblemCode.BANK_LINE_TAKEN
        return Problem(code=code, vendor_words=problem.vendor_words)


def _categories(found: Any) -> Iterator[str]:
    if isinstance(found, list):
        for one in found:
            yield from _categories(one)
    elif isinstance(found, dict):
        for name, value in found.items():
            if name == "category":
                yield id_of(value)
            else:
                yield from _categories(value)
