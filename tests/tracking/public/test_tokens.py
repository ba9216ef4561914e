"""Status tokens: opaque, unguessable, stable, renewable; they outlive the rotation of other keys."""

import base64

import pytest
from django.test import override_settings

from tests.tracking.public.cards import a_card, address, status_of
from tracking import tokens
from tracking.models import Card, Secret
from tracking.tokens import NOWHERE

pytestmark = pytest.mark.django_db


def test_a_token_leads_back_to_its_card() -> None:
    assert tokens.read(tokens.token(1_800_000, 3)) == (1_800_000, 3)


def test_a_token_is_22_characters_of_an_address() -> None:
    token = tokens.token(1, 1)
    assert len(token) == 22
    assert token.replace("-", "").replace("_", "").isalnum()


def test_neighbours_look_nothing_alike() -> None:
    assert not {tokens.token(1, 1)[i : i + 4] for i in range(18)} & {
        tokens.token(2, 1)[i : i + 4] for i in range(18)
    }


@pytest.mark.parametrize("text", ["", "x", "é" * 22, "A" * 22, "A" * 23, "!" * 22, "A" * 21 + " "])
def test_what_we_never_gave_out_leads_nowhere(text: str) -> None:
    assert tokens.read(text) == NOWHERE


def test_only_one_spelling_of_a_token_is_valid() -> None:
    token = tokens.token(1, 1)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    assert base64.urlsafe_b64decode(twin + "==") == base64.urlsafe_b64decode(token + "==")
    assert tokens.read(twin) == NOWHERE


def test_a_new_version_kills_the_old_address() -> None:
    card = a_card("RECORDED")
    old = address(card)
    Card.objects.filter(pk=card.pk).update(token_version=2)
    card.refresh_from_db()
    assert status_of(card).status_code == 200
    assert address(card) != old
    assert Card.objects.filter(pk=card.pk).exists()
    card.token_version = 1
    assert status_of(card).status_code == 404


def test_tokens_survive_a_new_seal_key(settings: object) -> None:
    token = tokens.token(7, 1)
    old = settings.EKTP_SEAL_KEYS  # type: ignore[attr-defined]
    with override_settings(EKTP_SEAL_KEYS=[b"n" * 32, *old]):
        tokens.reseal()
        tokens.forget()
        with override_settings(EKTP_SEAL_KEYS=[b"n" * 32]):
            assert tokens.token(7, 1) == token
    tokens.forget()


def test_the_key_is_sealed_where_it_is_kept() -> None:
    assert len(bytes(Secret.objects.get(name=tokens.KEY_NAME).sealed)) == 1 + 12 + 32 + 16
