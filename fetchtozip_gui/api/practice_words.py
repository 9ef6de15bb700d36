"""The practice shop's catalogue: stock codes, invented names, prices in pence, and the countries it sells to."""

from __future__ import annotations

from functools import cache

import polars as pl

STOCK_CODES = 4_070

# commas, quotes, an ampersand and accents are meant: every output format has to carry them
_COLOURS = """RED|BLUE|GREEN|IVORY|PINK|SILVER|GOLD|CORAL|NAVY|LILAC|MINT|COPPER|AMBER|TEAL|CHALK|PLUM|SLATE|HONEY|
PEARL|ROSE|OLIVE|CHERRY|SAND|RAINBOW"""
_STYLES = """SPOTTED|STRIPED|CHECKED|WOVEN|PAINTED|ENAMEL|VINTAGE|WOODLAND|FLORAL|PAISLEY|QUILTED|PORCELAIN|WICKER|
FELT|GLASS|KNITTED|NAUTICAL|ALPINE|ORIGAMI|FOLK ART|GINGHAM|SCALLOPED|EMBOSSED|PAPIER-MÂCHÉ"""
_THINGS = """TEA TOWEL|CAKE STAND|LANTERN|JAM JAR|DOORSTOP|BUNTING|LUNCH BOX|HOT WATER BOTTLE|EGG CUP|PHOTO FRAME|
TEA LIGHT HOLDER|NOTEBOOK|GIFT BAG|BREAD BIN|MUG & SAUCER|WALL CLOCK|KEY RING|CUSHION COVER|PICNIC BASKET|
NAPKINS, PACK OF 20|BAKING TIN|HOOK RAIL|BIRD FEEDER|WATERING CAN|TRINKET BOX|PENCIL CASE|SEWING KIT|DRAWER KNOB|
COOKIE CUTTER|COAT HANGER|"HOME" SIGN|MAGNETS, SET OF 6|UMBRELLA|APRON|TOY DRUM|SKIPPING ROPE|PLANT POT|CANDLE, SMALL|
CANDLE, LARGE|STORAGE TIN|PLACEMATS, SET OF 4|CAFÉ TRAY|DOLL'S BED|RECIPE BOX|ALARM CLOCK|PAPER CHAIN 3 M|
WREATH 12"|MOBILE"""
# fmt: off
_PRICES = (19, 29, 39, 42, 55, 65, 79, 85, 95, 110, 125, 145, 165, 195, 210, 225, 255, 295, 345, 375, 425, 495, 650)
# fmt: on
_CHARGES = {"POST": ("POSTAGE", 1800), "M": ("ENTERED BY HAND", 595)}

_ABROAD = """Germany|France|Ireland|Spain|Netherlands|Belgium|Switzerland|Portugal|Australia|Norway|Italy|Sweden|
Finland|Austria|Denmark|Japan|Poland|Channel Islands|Greece|Cyprus|Singapore|United States|Canada|Iceland|Israel|Malta|
Hong Kong|Lithuania|Czechia|United Arab Emirates|Brazil|Lebanon|Bahrain|Saudi Arabia|South Africa|Latvia|Unspecified"""


def _words(text: str) -> list[str]:
    return text.replace("\n", "").split("|")


def _code(number: int) -> str:
    if number % 37 == 12:
        return f"{number:05d}"  # leading zeros: an id that must stay text
    letter = "ABCDEFGH"[number // 4 % 8] if number % 4 == 0 else ""
    return f"{19_843 + 17 * number}{letter}"


@cache
def catalogue() -> pl.DataFrame:
    """Every stock code once: StockCode, Description, pence; the first ones sell best."""
    colours, styles, things = _words(_COLOURS), _words(_STYLES), _words(_THINGS)
    combinations = len(colours) * len(styles) * len(things)
    codes, names, pence = list(_CHARGES), [name for name, _ in _CHARGES.values()], [p for _, p in _CHARGES.values()]
    for number in range(len(_CHARGES), STOCK_CODES):
        # the step shares no factor with the number of combinations, so no name comes twice
        rest, thing = divmod(number * 7_919 % combinations, len(things))
        codes.append(_code(number))
        names.append(f"{colours[rest % len(colours)]} {styles[rest // len(colours)]} {things[thing]}")
        pence.append(_PRICES[number * 11 % 97 % len(_PRICES)])
    return pl.DataFrame({"StockCode": codes, "Description": names, "pence": pl.Series(pence, dtype=pl.Int64)})


@cache
def countries() -> pl.Series:
    """10,000 places filled with 38 countries as often as the shop sells there; the United Kingdom has nine in ten."""
    abroad = _words(_ABROAD)
    places = [name for rank, name in enumerate(abroad, 1) for _ in range(max(8, 240 // rank))]
    return pl.Series(["United Kingdom"] * (10_000 - len(places)) + places)
