"""The words that documents use in English, German, French, Italian, Spanish and Dutch, as patterns over folded text.

Folded is small letters without accents, one for one, so that a place in the folded text is the place in the text.
"""

import re
import unicodedata
from functools import lru_cache


def folded(text: str) -> str:
    """Small letters without accents, of the same length."""
    return "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    return unicodedata.normalize("NFD", character)[0].lower()[:1]


def words(*alternatives: str) -> re.Pattern[str]:
    """Any of these, as whole words."""
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(alternatives)})(?![a-z0-9])")


_NO = r"(?:n[o°º]?\.?[o°º]?|nr\.?|num(?:ber|ero|mer)?\.?|#|id)"
_BILLS = (
    r"(?:tax |sales |vat )?invoices?|inv|bill|credit (?:note|memo)|receipt|(?:handels|schluss|teil|storno)?rechnung|gutschrift"
    r"|beleg|quittung|facture|avoir|recu|fattura|ricevuta|nota di credito|documento|factura|recibo|abono|factuur|creditnota"
)
NUMBER = re.compile(
    rf"(?<![a-z])(?:(?:{_BILLS})(?:\s?\([^)]*\))*[ -]?(?:s-?)?{_NO}(?![a-z])"
    rf"|{_NO}\s?(?:de |de la |della |d'|der )?(?:{_BILLS})(?![a-z])"
    r"|(?:rechnungs|rechn|beleg|gutschrifts|factuur|credit)[ -]?(?:nummer|nr)(?![a-z]))"
)
"""What stands before the number of a bill."""
TITLE_WITH_NUMBER = re.compile(rf"^(?:{_BILLS})(?:\s?\(\d+\))?\s*[:#]?\s+(?=\S*\d)")
"""A heading that names its number at once: "Facture FA-2017-0010"."""

ISSUED = words(
    r"(?:invoice|issue|bill|document|receipt|credit note|billing) date|date of (?:issue|invoice)|date issued|issued(?: on)?|tax point(?: date)?",
    r"(?:rechnungs|beleg|ausstellungs)-?datum|datum der rechnung|ausgestellt am|[a-z]*(?:rechnung|gutschrift)(?:(?! gemass| bestellung).){0,60}? vom",
    r"date (?:de )?(?:la )?(?:facture|facturation|l.avoir)|date d.emission|date d.avoir|emise? le|facture du",
    r"data (?:della )?(?:fattura|documento|(?:di )?emissione)|emess[ao] il",
    r"fecha (?:de )?(?:la )?(?:factura|emision|expedicion)",
    r"factuurdatum|datum factuur|creditdatum",
)
DUE = words(
    r"(?:payment )?due(?: date| by| on)?|date due|pay(?:able)? (?:by|before)",
    r"fallig(?:keit|keitsdatum)?(?: am| bis)?|zahlungsziel|zahlbar (?:bis|[^.]{0,40} bis)(?: zum)?|zu zahlen bis",
    r"(?:date d.)?echeance|a (?:payer|regler) (?:avant|au plus tard) le|date limite de paiement",
    r"(?:data )?scadenza|da pagare entro(?: il)?",
    r"(?:fecha (?:de )?)?vencimiento|pagar antes del?",
    r"vervaldatum|verval(?:t op)?|uiterste betaaldatum|te betalen voor|betalen voor",
)
ANY_DATE = words("date", "datum", "data", "fecha", "dated", "le", "del")
"""A date that is not said what of."""
OTHER_DATE = words(
    "delivery|order|service|period|shipping|print(?:ed)?|supply|start|end|from|until|value|of birth",
    r"liefer\w*|leistung\w*|bestell\w*|auftrags\w*|druck\w*|livraison|commande|consegna|ordine|entrega|pedido|lever\w*|bestel\w*",
)

GROSS = words(
    r"grand total|(?:total )?amount (?:due|payable)|total (?:amount )?(?:due|payable|to pay|gross)|balance due|invoice total|total invoice",
    r"total (?:amount )?inc\w*|(?:total|gesamt|totaal|totale|importe|montant)[^.]* (?:incl|inkl|ttc|iva incl)\w*|gross(?: amount| total)?|amount paid|total paid",
    r"(?:gesamt|end|rechnungs|zahl|brutto|gesamtbrutto)-?(?:betrag|summe)|rechnungssumme brutto|gesamt brutto|brutto|zu zahlen(?:der betrag)?",
    r"total ttc|montant (?:total )?ttc|net a payer|total general|total a payer|ttc",
    r"totale (?:fattura|documento|da pagare|complessivo|generale|a pagare)|netto a pagare|importo totale",
    r"total (?:factura|a pagar|con iva)|importe total",
    r"te betalen|(?:totaal|totaalbedrag|bedrag)(?: incl\w*| te betalen)|totaalbedrag|factuurbedrag",
)
TOTAL = words("total|totaal|totale|gesamt|summe|somme|suma|betrag|bedrag|importe|importo|montant|amount")
NET = words(
    r"sub-? ?totals?|net(?: amount| total| value)?|total net|before tax|ex(?:cl)?\w*\.? (?:of )?(?:vat|tax|gst|taxes)|taxable(?: amount)?",
    r"netto\w*|zwischensumme|nettobetrag|summe netto|gesamt netto|[^.]*(?:ohne|exkl|zzgl)\.? (?:ust|mwst|umsatzsteuer|steuer)\w*|warenwert|positionssumme|basisbetrag",
    r"(?:total|montant|prix|base|sous-total)(?: net)? ?h\.?t\.?|hors taxes?|sous-total|base",
    r"imponibile|totale imponibile|netto|base imponible|subtotal|importe neto|total sin iva",
    r"subtotaal|(?:totaal|bedrag) excl\w*|excl\w*\.? btw|netto|grondslag",
)
BEFORE_TAX = words(
    r"ex(?:cl|kl)\w*|ohne (?:ust|mwst|umsatzsteuer|steuer)\w*|before tax|hors taxes?|h\.?t\.?|sin iva|netto(?! a pagare)|net(?! a payer)"
)
"""What makes a net amount of any total."""
TAX = words(
    r"vat|gst|hst|pst|qst|(?:sales )?tax(?:es)?",
    r"mwst|ust|mehrwertsteuer|umsatzsteuer|steuer(?:betrag)?|mwst-betrag|ust-betrag",
    r"tva|taxes?|iva|imposta|impuestos?|cuota|btw(?:-bedrag)?|igic",
)

_STATEMENT = r"(?:account )?statement|(?:konto)?auszugs?|releve|estratto(?: conto)?|extracto|rekeningoverzicht"
STATEMENT_NUMBER = re.compile(
    rf"(?<![a-z])(?:(?:{_STATEMENT})[ -]?{_NO}(?![a-z])|{_NO}\s?(?:de |du |di |del |dell')?(?:{_STATEMENT})(?![a-z])"
    r"|(?:konto)?auszugs-?(?:nummer|nr)(?![a-z]))"
)
"""A statement of account lists bills with their numbers; its own is called so."""
STATEMENT_DATE = words(
    r"statement date|date of (?:the )?statement|statement (?:as )?(?:of|at)|as (?:of|at)",
    r"(?:konto)?auszugsdatum|datum des (?:konto)?auszugs|stand(?: vom| am| per)?",
    r"date du releve|data (?:dell.)?estratto(?: conto)?|fecha del (?:extracto|estado de cuenta)|datum (?:van het )?rekeningoverzicht",
)
OPEN_BALANCE = words(
    r"(?<!overdue )balance (?:outstanding|due|owing|owed|payable|to pay|carried forward)|(?:closing|new|current|outstanding|account) balance",
    r"(?:total |amount |account )(?:amount )?(?:outstanding|due|owing|owed|payable)|outstanding (?:amount|total)|total balance",
    r"(?:neuer|aktueller|offener) saldo|(?:end|schluss)saldo|offener (?:gesamt)?betrag|gesamtforderung|saldo zu (?:ihren|unseren) (?:lasten|gunsten)",
    r"solde (?:du|a payer|restant|debiteur|final|actuel)|nouveau solde|(?:total|montant) du|reste a payer",
    r"saldo (?:dovuto|finale|attuale|da pagare)|totale (?:dovuto|da pagare)",
    r"saldo (?:pendiente|final|actual|deudor)|(?:total|importe) pendiente|total a pagar",
    r"(?:openstaand|nieuw) saldo|eindsaldo|openstaand (?:bedrag|totaal)|totaal openstaand|(?:saldo )?te betalen",
)
RUNNING_BALANCE = words("balance|saldo|solde")
"""Above a column that says after each row what is open."""

SELLER = words(
    "seller|supplier|from|vendor|issued by|sold by|billed by",
    "verkaufer|lieferant|rechnungs(?:steller|ersteller|aussteller)|absender",
    "vendeur|fournisseur|emetteur|fornitore|cedente|mittente|proveedor|emisor|vendedor|leverancier|verkoper|afzender",
)
BUYER = words(
    "bill(?:ed)? to|invoice(?:d)? to|sold to|buyer|customer|client|to",
    "kaufer(?:/leistungsempfanger)?|leistungsempfanger|rechnungsempfanger|kunde|rechnung an|rechnungsadresse|empfanger",
    r"adresse de facturation|facture a|acheteur|destinataire",
    "cliente|destinatario|cessionario|spett(?:\\.?le)?|acquirente|facturar a|comprador|klant|koper|factuuradres|aan",
)
RECEIVER = words(
    "ship to|deliver to|delivery address|lieferadresse|adresse de livraison|indirizzo di consegna|afleveradres"
)
"""Where the goods go: not the seller, and not always the buyer."""
THEIRS = words(
    r"your|customer|client|buyer|ihre?|kunden?|votre|cliente?|vostr[ao]|su|uw|klant|kaufer|acheteur|destinatario",
)
"""Before a number: it is the buyer's."""
COLLECTS = words(
    "(?:your|customer|client|buyer)(?: bank)? (?:account|iban)|votre (?:compte|iban)|ihre iban|direct debit|mandate|lastschrift|abgebucht|eingezogen|mandat\\w*|ihrem? konto|prelevement|prelev\\w*|addebito|domiciliacion|adeudo|incasso"
)
"""In a row: the account in it is the buyer's, such as one that is collected from."""
