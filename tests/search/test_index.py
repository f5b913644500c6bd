"""The index finds a story if and only if one of its values holds the string."""

import random
from itertools import pairwise

import pytest

from articles.search.cover import cheapest_cover
from articles.search.files import IndexDamaged
from articles.search.index import MAX_OFFSET, StoryIndex
from articles.search.index_rows import StoryDocument, make_index_row
from articles.search.pinyin import clause_initials
from articles.search.query import parse
from articles.search.state import splitter
from articles.text.fold import fold
from tests.make import SAMPLES

LATIN = ["COVID-19 疫苗接种", "ＰＤ－１ 抑制剂", "CT  检查 5 mg", "John  Smith 医生", "國家衞生健康委", "醫 共 體"]


def stories(count):
    """Yield stories of lines of the sample pages, with Latin and traditional forms and names padded with a space."""
    chance = random.Random(1985)
    lines = [line.strip() for path in sorted(SAMPLES.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    lines = [line for line in lines if line] + LATIN
    for story_id in range(1, count + 1):
        yield StoryDocument(
            id=story_id,
            oldest=story_id,
            newest=-story_id,
            day=story_id,
            texts={
                "headline": [chance.choice(lines)[:30]],
                "body": chance.sample(lines, 5),
                "names": [chance.choice(["王　毅", "赵一苇", "阿依努尔·吐尔逊"])],
            },
            facets={"year": [2000 + story_id % 5], "kind": [0]},
        )


def write(index, documents):
    index.write(make_index_row(document, splitter()) for document in documents)()


@pytest.fixture(scope="module")
def documents():
    return list(stories(320))


@pytest.fixture(scope="module")
def index(documents, tmp_path_factory):
    made = StoryIndex(tmp_path_factory.mktemp("search") / "index", splitter(), create=True)
    write(made, documents)
    return made.renewed()


def brute_force(documents, text, field=None):
    """Return the ids of the stories that promise 5 asks for, without the index."""
    wanted = fold(text)
    return [
        story.id
        for story in documents
        if any(
            wanted in fold(value) for name, values in story.texts.items() if field in (None, name) for value in values
        )
    ]


def found(index, query):
    hits = index.search(query, 100, order="oldest")
    ids = list(hits.ids)
    while len(ids) < hits.total:
        ids += index.search(query, 100, len(ids), order="oldest").ids
    assert len(ids) == hits.total
    return ids


def test_what_is_found_is_what_is_there(index, documents):
    chance = random.Random(5)
    asked = set()
    while len(asked) < 600:
        story = chance.choice(documents)
        value = chance.choice([value for values in story.texts.values() for value in values])
        start = chance.randrange(len(value))
        text = value[start : start + chance.randint(1, 8)]
        if fold(text):
            asked.add(text)
    wrong = [text for text in sorted(asked) if found(index, index.contains(text)) != brute_force(documents, text)]
    assert wrong == []


def test_what_straddles_two_values_is_found_only_where_it_stands_in_one(index, documents):
    chance = random.Random(6)
    wrong = []
    for story in chance.sample(documents, 200):
        first, second = (story.texts["body"][place] for place in (0, 1))
        text = first[-chance.randint(1, 5) :] + second[: chance.randint(1, 5)]
        if fold(text) and found(index, index.contains(text)) != brute_force(documents, text):
            wrong.append(text)
    assert wrong == []


def test_the_cheapest_cover_holds_every_character_at_the_least_cost():
    chance = random.Random(9)
    for _ in range(300):
        costs = [chance.randint(0, 50) for _ in range(chance.randint(2, 9))]
        last = len(costs) - 1
        covers = [
            cover
            for bits in range(1 << len(costs))
            if (cover := [place for place in range(len(costs)) if bits >> place & 1])
            and cover[0] == 0
            and cover[-1] == last
            and all(after - before <= 2 for before, after in pairwise(cover))
        ]
        cover = cheapest_cover(costs)
        assert cover in covers
        assert sum(costs[place] for place in cover) == min(sum(costs[place] for place in each) for each in covers)


@pytest.mark.parametrize("field", ["headline", "body", "names"])
@pytest.mark.parametrize("text", ["医", "医院", "健康中", "王毅", "covid-19", "5 mg", "没有的字符串"])
def test_a_field_is_searched_alone(index, documents, text, field):
    assert found(index, index.contains(text, field)) == brute_force(documents, text, field)


def test_the_body_alone_is_found_where_headline_or_name_holds_the_same(tmp_path):
    chance = random.Random(8)
    lines = [line for story in stories(40) for line in story.texts["body"]]
    made = []
    for story_id in range(1, 201):
        headline = chance.choice(lines)[:20]
        start = chance.randrange(len(headline))
        again = headline[start : start + chance.randint(1, 8)]  # the body may repeat a part of the headline
        body = chance.choice([[again], [again[:1], again[1:]], ["别的话" + again, "又" + again], ["别的话"]])
        names = [chance.choice(["王毅", "毅"])]
        texts = {"headline": [headline], "body": [text for text in body if text], "names": names}
        made.append(StoryDocument(story_id, story_id, -story_id, story_id, texts))
    index = StoryIndex(tmp_path / "index", splitter(), create=True)
    write(index, made)
    index = index.renewed()
    asked = set()
    while len(asked) < 400:
        value = chance.choice([value for values in chance.choice(made).texts.values() for value in values])
        start = chance.randrange(len(value))
        text = value[start : start + chance.randint(1, 6)]
        if fold(text):
            asked.add(text)
    wrong = [
        text for text in sorted(asked) if found(index, index.contains(text, "body")) != brute_force(made, text, "body")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "values", [["第一段末尾", "开头第二段"], ["末尾", "又开头"], ["末尾", "开头"], ["末", "尾开头"]]
)
def test_no_string_runs_from_one_value_into_the_next(tmp_path, values):
    index = StoryIndex(tmp_path / "index", splitter(), create=True)
    # 尾开 is so frequent that the engine is asked only for 末尾 and 开头, two places apart.
    write(
        index,
        [
            StoryDocument(1, 1, 1, 1, {"body": values}),
            *(StoryDocument(number, number, number, number, {"body": ["结尾开始"]}) for number in range(2, 9)),
        ],
    )
    index = index.renewed()
    assert index.count(index.contains("末尾开头")) == 0
    assert [index.count(index.contains(value)) for value in values] == [1] * len(values)


def test_the_echo_of_a_headline_in_the_body_keeps_its_gaps(tmp_path):
    index = StoryIndex(tmp_path / "index", splitter(), create=True)
    write(index, [StoryDocument(1, 1, 1, 1, {"headline": ["甲乙丙丁"], "body": ["甲乙又乙丙丁", "丙甲乙", "丙丁"]})])
    index = index.renewed()
    for text, expected in (("甲乙丙丁", 0), ("乙丙丁", 1), ("丙甲乙", 1), ("甲乙丙", 0), ("甲乙", 1)):
        assert index.count(index.contains(text, "body")) == expected, text


def test_writing_twice_leaves_one_document_and_a_new_text_the_new_one(tmp_path):
    index = StoryIndex(tmp_path / "index", splitter(), create=True)
    for text in ("旧的正文", "旧的正文", "新的正文"):
        write(index, [StoryDocument(7, 7, 7, 7, {"body": [text]})])
    index = index.renewed()
    assert (index.size, set(index.digests(0, 9))) == (1, {7})
    assert (index.count(index.contains("旧的")), index.count(index.contains("新的"))) == (0, 1)
    index.write([], gone=[7])()
    index = index.renewed()
    assert index.size == 0


def test_filters_and_orders(index, documents):
    year = index.among("year", [2001])
    assert found(index, year) == [story.id for story in documents if story.id % 5 == 1]
    assert found(index, index.between("day", 10, 20)) == list(range(10, 21))
    assert index.search(index.between("day", 10, 20), 3, order="newest").ids == [20, 19, 18]
    assert found(index, index.among("year", [])) == []


@pytest.mark.parametrize(
    "typed", ["医院 健康", "医院 OR 健康", "医院 NOT 健康", "NOT 医院", "(医院 OR 急救) -健康", "标题:医 正文:医院"]
)
def test_trees_are_what_they_say(index, documents, typed):
    def holds(tree, story):
        match type(tree).__name__:
            case "And":
                return all(holds(part, story) for part in tree.parts)
            case "Or":
                return any(holds(part, story) for part in tree.parts)
            case "Not":
                return not holds(tree.part, story)
        return bool(brute_force([story], tree.text, tree.field or None))

    tree = parse(typed).tree
    query = index.compile(tree, lambda leaf: index.among("year", []))
    expected = [story.id for story in documents if holds(tree, story)]
    assert found(index, query) == expected
    assert 0 < len(expected) < len(documents)


def test_the_whole_string_in_a_headline_comes_first(tmp_path):
    index = StoryIndex(tmp_path / "index", splitter(), create=True)
    write(
        index,
        [
            StoryDocument(1, 1, 1, 1, {"headline": ["别的事"], "body": ["医院管理 医院管理 医院管理 医院管理"]}),
            StoryDocument(2, 2, 2, 2, {"headline": ["医院管理一席谈"], "body": ["正文"]}),
        ],
    )
    index = index.renewed()
    assert index.search(index.ranked(index.contains("医院管理"), ["医院管理"])).ids == [2, 1]


def test_strings_one_after_another_come_before_near_ones_and_those_before_distant_ones(tmp_path):
    bodies = ["托育服务在社区", "托育的服务", "托育" + "无关的话" * 20 + "服务", "服务 托育"]
    index = StoryIndex(tmp_path / "index", splitter(), create=True)
    write(
        index,
        [
            StoryDocument(number, number, number, number, {"body": [body]})
            for number, body in enumerate(bodies, start=1)
        ],
    )
    index = index.renewed()
    ranked = index.ranked(index.both(index.contains("托育"), index.contains("服务")), ["托育", "服务"])
    assert index.search(ranked).ids[0] == 1
    assert index.search(ranked).ids[-1] == 3
    assert index.search(ranked).total == 4


def test_odd_limits_and_offsets_are_bounded(index):
    everything = index.compile(None, lambda leaf: index.among("year", []))
    assert len(index.search(everything, 0).ids) == 1
    assert len(index.search(everything, 10**6).ids) == 100
    assert index.search(everything, 10, 10**12).ids == index.search(everything, 10, MAX_OFFSET).ids


def test_a_folder_without_an_index_is_not_made_one(tmp_path):
    with pytest.raises(IndexDamaged):
        StoryIndex(tmp_path / "gone", splitter())
    assert not (tmp_path / "gone").exists()


def test_a_headline_is_found_by_the_initials_from_the_start_of_its_clauses(index, documents):
    spelt = {story.id: clause_initials(story.texts["headline"][0]) for story in documents}
    starts = {text[:length] for texts in spelt.values() for text in texts for length in (1, 2, 3, 8)}
    for letters in starts | {"qqqq"}:
        expected = {pk for pk, texts in spelt.items() if any(text.startswith(letters) for text in texts)}
        assert set(found(index, index.headlines_spelt(letters))) == expected
    eight = next(text for text in starts if len(text) == 8)
    assert found(index, index.headlines_spelt(f"{eight}zz")) == found(index, index.headlines_spelt(eight)) != []


@pytest.mark.parametrize("letters", ["", ".*", "a|b", "a.*", "[a-z]", "何", "a b", "\\", "(" * 40])
def test_initials_are_no_pattern(index, letters):
    with pytest.raises(ValueError):
        index.headlines_spelt(letters)
