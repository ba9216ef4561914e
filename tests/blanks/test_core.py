from tests import people
from tests.builders import *
import pytest
from blanks.actions import *
from blanks.division import propose
from blanks import serials
from blanks.models import *

def test_day(committed):
    ratna = people.supervisor(); joko = people.operator()
    ids = many_cards(30, Stage.WAITING_FOR_BLANK, 1); ids2 = many_cards(10, Stage.WAITING_FOR_BLANK, 2)
    receive([Received.of("0100", 40)], by=joko, number="SJ-1", on_paper=41, damaged=[serials.read("101")])
    print(list(Account.objects.values_list("place", "balance")))
    p = propose(25)
    d, p = divide(25, by=ratna, strategy="proportional", expected=p.fingerprint)
    d, p = divide(3, by=ratna, strategy="oldest-first")
    b = print_batch(1, size=5, by=joko)
    print(b, list(b.cards.values_list("line", "letter", "number")))
    cards = list(b.cards.values_list("card_id", flat=True))
    r = record_lines(b, [Line(cards[0], "printed", "102"), Line(cards[1], "misprint", "103"), Line(cards[2], "printed", "999"), Line(cards[3], "printed", "101"), Line(cards[4], "not_printed")], by=joko)
    print(r)
    print(list(Account.objects.values_list("place", "kecamatan", "balance")))
    print(list(Serial.objects.values_list("number", "place", "card_id")))
    assert 0
