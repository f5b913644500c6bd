"""Evidence and labels: an example of each piece, the decoder compared with crfsuite's, and a model that doesn't fit."""

import json

import pycrfsuite
import pytest

from articles.reading import Model, read_page, strings
from articles.reading.evidence import EVIDENCE, Evidence
from articles.reading.labelling import EVIDENCE_DIGEST, features_of, label_page
from articles.reading.lines import split_lines
from articles.reading.view import PageLines, view_of
from articles.training.examples import example_of
from articles.training.labelled import read_labelled
from articles.training.trainer import featured, fit, weights_of
from tests.reading.reference import ROOT, labelling, reference

PAGES = sorted((ROOT / "tests/pages/kinds").glob("*.page"))
#: The pages that the decoder's test trains on and the pages that it labels.
TRAINED, LABELLED = PAGES[:10], PAGES[10:20]


@pytest.mark.parametrize("evidence", EVIDENCE, ids=lambda evidence: evidence.name)
def test_each_piece_of_evidence_has_an_example(evidence: Evidence) -> None:
    page = PageLines(split_lines(evidence.example), reference().words, {})
    assert evidence.find(page, len(page.lines) - 1) == evidence.gives


def test_it_labels_as_crfsuite_does(tmp_path):
    words = reference().words
    examples = [featured(read_labelled(path), words) for path in TRAINED]
    path = tmp_path / "model"
    fit(examples, path)
    tagger = pycrfsuite.Tagger()
    tagger.open(str(path))
    model = Model.from_json(weights_of(tagger, least=0.0, digits=9))
    same = total = 0
    for page in map(read_labelled, LABELLED):
        lines, evidence, _ = example_of(page, words)
        theirs = tagger.tag([features_of(evidence, at) for at in range(len(evidence))])
        ours = model.label(evidence, [at for at, label in enumerate(theirs) if label == "folio"])
        same += sum(mine.label == label for mine, label in zip(ours, theirs, strict=True))
        total += len(theirs)
        for at, (mine, label) in enumerate(zip(ours, theirs, strict=True)):
            if "folio" not in theirs:  # our decoder knows a folio where crfsuite's guesses
                assert mine.label != label or mine.probability == pytest.approx(tagger.marginal(label, at), abs=0.02)
    assert total > 300 and same >= total - 1  # of two equally likely sequences, the decoders may choose different ones


def test_lines_of_the_folio_are_its_own_and_no_others():
    view = view_of("健康报　2024年11月22日　星期五　第3版\n\n山里来了新大夫\n\n近日，医生进了山。", reference().words)
    _, labels, _ = label_page(view.page, labelling())
    assert [label.label == "folio" for label in labels] == [True, False, False]
    assert all(0 <= label.other_probability <= label.probability <= 1 for label in labels)


def test_weights_for_other_evidence_are_refused_in_one_sentence():
    values = json.loads((ROOT / "fixtures/labelling.json").read_text("utf-8"))
    assert values["evidence"] == EVIDENCE_DIGEST
    with pytest.raises(ValueError, match="重新训练"):
        Model.from_json({**values, "evidence": "0"})


def test_a_label_that_was_a_near_thing_is_a_doubt_with_its_probability(monkeypatch):
    monkeypatch.setattr(strings, "SURE", 1.0)  # so that any line that is not quite sure is a doubt
    text = "山里来了\n新大夫\n老人不用跑\n\n本报讯（记者丁一凡）近日，清溪县人民医院启动巡诊活动。"
    doubts = [doubt for item in read_page(text, reference=reference()).items for doubt in item.doubts]
    near = [doubt for doubt in doubts if doubt.rule == "labelling"]
    assert near and all(0 < doubt.probability < 1 for doubt in near)
    assert near[0].as_json()["probability"] == near[0].probability
