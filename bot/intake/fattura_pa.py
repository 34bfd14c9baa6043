"""FatturaPA, the e-invoices of Italy (FPA12 and FPR12), read to the cent.

https://www.fatturapa.gov.it/en/norme-e-regole/documentazione-fattura-elettronica/formato-fatturapa/

The net amount is not stated as such: it is what the rows of the tax breakdown are taxed on, and what is added to the
total outside of them. Amounts withheld for the tax office and a tax that the buyer pays there are part of the total.
"""

from collections.abc import Iterator
from datetime import MAXYEAR, date, timedelta
from decimal import Decimal

from lxml import etree

from bot.domain.documents import DocumentType, Facts, Line, Party, TaxSubtotal
from bot.intake.elements import (
    LONGEST_NOTE,
    Element,
    code_at,
    currency_at,
    date_at,
    money_at,
    number_at,
    parse,
    text_at,
    texts_at,
)
from bot.intake.fattura_pa_lines import invoice_lines, lines_of_total, lines_within_net
from bot.intake.lines import together
from bot.intake.meaning import as_booked, paid_to_another, refuse_too_many_rates, tax_row, warnings
from bot.intake.result import Reading, UnreadableError

_CREDIT_NOTES = frozenset({"TD04", "TD08"})
_TAX_ONLY = frozenset(
    {"TD16", "TD17", "TD18", "TD19", "TD20", "TD21", "TD22", "TD23", "TD27", "TD28", "TD29"},
)
"""Made for the tax office alone: they report the tax on what another document bills, or on what nobody pays for."""
_DOCUMENT = "DatiGenerali/DatiGeneraliDocumento"
_RATES = "DatiBeniServizi/DatiRiepilogo"
_PAYMENTS = "DatiPagamento/DettaglioPagamento"
_TERMS_DAYS = range(1000)
"""What the format has room for."""


def read_fattura_pa(content: bytes) -> Reading:
    """Read one document.

    Raises:
        UnreadableError: in words for whoever dropped the file.
    """
    root = parse(content)
    if etree.QName(root).localname != "FatturaElettronica":
        raise UnreadableError("The file is no invoice.")
    body = _only_body(root)
    lines, about_lines = invoice_lines(body)
    type_code = code_at(body, f"{_DOCUMENT}/TipoDocumento") or ""
    net, tax, gross, of_total = _totals(body)
    every_line = together(lines, (*lines_within_net(body, lines), *of_total))
    facts = Facts(
        supplier=_party(root.find("FatturaElettronicaHeader/CedentePrestatore"), code_at(body, f"{_PAYMENTS}/IBAN")),
        buyer=_party(root.find("FatturaElettronicaHeader/CessionarioCommittente"), None),
        number=code_at(body, f"{_DOCUMENT}/Numero"),
        issued_on=date_at(body, f"{_DOCUMENT}/Data"),
        due_on=_due_on(body),
        currency=currency_at(body, f"{_DOCUMENT}/Divisa"),
        net=net,
        tax=tax,
        gross=gross,
        payable=_payable(body, gross),
        lines=every_line,
        tax_breakdown=tuple(_breakdown(body)),
        note=texts_at(body, f"{_DOCUMENT}/Causale", LONGEST_NOTE),
    )
    facts = as_booked(facts, _type_of(type_code))
    return Reading(
        facts=facts,
        invoice_lines=len(lines),
        type_code=type_code,
        profile=code_at(root, "FatturaElettronicaHeader/DatiTrasmissione/FormatoTrasmissione") or "",
        warnings=warnings(
            facts,
            (*paid_to_another(facts, text_at(body, f"{_PAYMENTS}/Beneficiario")), *_about_payment(body), *about_lines),
        ),
    )


def _only_body(root: Element) -> Element:
    """A lot of several invoices is not read as its first one: the others would be lost, and nobody would know."""
    bodies = root.findall("FatturaElettronicaBody")
    if not bodies:
        raise UnreadableError("There is no invoice in it.")
    if len(bodies) > 1:
        raise UnreadableError(
            f"It holds {len(bodies)} invoices in one file, and each has to be an item of its own."
            " Ask for them one by one."
        )
    return bodies[0]


def _type_of(code: str) -> DocumentType:
    if code in _CREDIT_NOTES:
        return DocumentType.CREDIT_NOTE
    return DocumentType.OTHER if code in _TAX_ONLY else DocumentType.INVOICE


def _party(party: Element | None, bank_account: str | None) -> Party:
    about = None if party is None else party.find("DatiAnagrafici")
    person = [name for path in ("Anagrafica/Nome", "Anagrafica/Cognome") if (name := text_at(about, path))]
    return Party(
        name=text_at(about, "Anagrafica/Denominazione") or " ".join(person) or None,
        tax_number=_tax_number(about),
        country=code_at(party, "Sede/Nazione"),
        bank_account=bank_account,
    )


def _tax_number(about: Element | None) -> str | None:
    """The VAT number with its country before it; else the tax code, which people without a VAT number have."""
    number, country = code_at(about, "IdFiscaleIVA/IdCodice"), code_at(about, "IdFiscaleIVA/IdPaese") or ""
    if number is None:
        return code_at(about, "CodiceFiscale")
    return number if number.startswith(country) else f"{country}{number}"


def _totals(body: Element) -> tuple[Decimal | None, Decimal | None, Decimal | None, tuple[Line, ...]]:
    """Net, tax and gross, and the lines that are part of the total without being taxed."""
    rates = body.findall(_RATES)
    refuse_too_many_rates(len(rates))
    taxable, tax = _sum(rates, "ImponibileImporto"), _sum(rates, "Imposta")
    gross = money_at(body, f"{_DOCUMENT}/ImportoTotaleDocumento", None)
    if taxable is None or tax is None:
        return taxable, tax, gross, ()
    lines = lines_of_total(body.find(_DOCUMENT), None if gross is None else gross - taxable - tax)
    net = taxable + sum((line.net for line in lines), Decimal(0))
    return net, tax, net + tax if gross is None else gross, lines


def _sum(elements: list[Element], path: str) -> Decimal | None:
    found = [amount for element in elements if (amount := money_at(element, path, None)) is not None]
    return sum(found[1:], found[0]) if found else None


def _breakdown(body: Element) -> Iterator[TaxSubtotal]:
    for row in body.iterfind(_RATES):
        yield tax_row(
            percent=number_at(row, "AliquotaIVA"),
            category=code_at(row, "Natura"),
            taxable=money_at(row, "ImponibileImporto", None),
            tax=money_at(row, "Imposta", None),
        )


def _due_on(body: Element) -> date | None:
    """The first day on which something is due."""
    return min((due for payment in body.iterfind(_PAYMENTS) if (due := _due_day(payment))), default=None)


def _due_day(payment: Element) -> date | None:
    stated, since = date_at(payment, "DataScadenzaPagamento"), date_at(payment, "DataRiferimentoTerminiPagamento")
    days = number_at(payment, "GiorniTerminiPagamento")
    if stated or since is None or days is None:
        return stated
    if days not in _TERMS_DAYS or since.year > MAXYEAR - 3:
        raise UnreadableError("Its GiorniTerminiPagamento are no days to pay in.")
    return since + timedelta(days=int(days))


def _payable(body: Element, gross: Decimal | None) -> Decimal | None:
    """What the payments come to, whichever sign a credit note gives them. Where the same amount several times is more than
    the total, they are ways to pay it, and one of them is it.
    """
    amounts = [
        amount for each in body.iterfind(_PAYMENTS) if (amount := money_at(each, "ImportoPagamento", None)) is not None
    ]
    if not amounts:
        return None
    together = sum(amounts, Decimal(0))
    if gross is None:
        return together
    due = amounts[0] if abs(together) > abs(gross) and len(set(amounts)) == 1 else together
    return due.copy_sign(gross) if due else due


def _about_payment(body: Element) -> Iterator[str]:
    if code_at(body, f"{_DOCUMENT}/TipoDocumento") in _TAX_ONLY:
        yield "It was made for the tax office and bills nothing."
    withheld = _sum(body.findall(f"{_DOCUMENT}/DatiRitenuta"), "ImportoRitenuta")
    if withheld:
        yield f"{withheld} of the total is withheld from the supplier, and paid to the tax office or a fund."
    if any(code_at(row, "EsigibilitaIVA") == "S" for row in body.iterfind(_RATES)):
        yield "Its tax is paid to the tax office and not to the supplier (split payment)."
    days = {due for payment in body.iterfind(_PAYMENTS) if (due := _due_day(payment))}
    if len(days) > 1:
        yield f"It is paid in parts; the first is due on {min(days)}, the last on {max(days)}."
