"""Letters on a ring, a real text, and images as series of rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from atlas.datasets import image_rows, images, ring_grammar, store, text


def test_ring_sequences_are_different_and_obey() -> None:
    words = ring_grammar.draw(np.random.default_rng(0), 500)
    assert words.shape == (500, 11)
    assert ring_grammar.obeyed(words).all()
    assert len({row.tobytes() for row in words}) == 500
    assert 0 <= words.min() <= words.max() <= 25


def test_all_ring_sequences_can_be_drawn() -> None:
    words = ring_grammar.draw(np.random.default_rng(0), 26 * 4, 3)
    assert len({row.tobytes() for row in words}) == 26 * 4
    with pytest.raises(ValueError, match=r"allowed: 1 \.\. 104"):
        ring_grammar.draw(np.random.default_rng(0), 105, 3)


def test_random_letters_obey_by_chance() -> None:
    words = np.random.default_rng(1).integers(0, 26, (2000, 11))
    # 20,000 transitions: standard error 0.0019
    assert ring_grammar.obeyed(words).mean() == pytest.approx(2 / 26, abs=0.01)
    assert ring_grammar.obeyed(np.array([24, 0, 2, 3])).tolist() == [True, True, False]
    assert not ring_grammar.obeyed(np.array([21, -1, -1])).any()  # 21 + 4 = -1 + 26, and -1 is no letter


def test_text_is_read_over_its_alphabet() -> None:
    assert len(text.ALPHABET) == 32
    assert text.decode(text.encode("Fellow-Citizens,\n\n1790!")) == "fellow citizens, 0000~"
    assert text.read().startswith("Fellow-Citizens of the Senate and House of Representatives")


def test_text_sequences_do_not_overlap() -> None:
    split = text.sequences(25, 90, 10)
    letters = text.encode(text.read())[: 100 * 26].reshape(100, 26)
    assert np.array_equal(split.test, letters[9::10])
    assert np.array_equal(split.train[:9], letters[:9])
    with pytest.raises(store.DataError, match="text: got 10000000 and 1 wanted"):
        text.sequences(25, 10_000_000, 1)


def test_changed_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "text.gz"
    copy.write_bytes(text.FILE.read_bytes()[:-1] + b"x")
    monkeypatch.setattr(text, "FILE", copy)
    with pytest.raises(store.DataError, match="the file was changed"):
        text.read()


def test_rows_are_the_images() -> None:
    whole = images.load("mnist")
    train, test = image_rows.split_rows(whole, 30, 20, np.random.default_rng(2))
    chosen = np.random.default_rng(2).permutation(5000)[:50]
    assert train.x.shape == (14, 30, 14)
    assert test.x[:, 3] == pytest.approx(whole.pixels[chosen[33]] / 255.0, abs=1e-6)
    assert np.array_equal(test.labels, whole.labels[chosen[30:]])
    with pytest.raises(store.DataError, match="at most 5000"):
        image_rows.split_rows(whole, 5000, 1, np.random.default_rng(2))
