"""The keys of the blocks of a body, and what they outlive."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.models import Article
from articles.models.block_keys import anchors, carry_keys, keys_of, without_keys
from articles.models.bodies import whole_paragraphs

#: Texts that have no trigram in common, so that none is like another.
SENTENCES = [
    "牧民在家门口等来了流动诊室，车上配有心电图机。",
    "巡诊队由州人民医院派出，已建立三百份健康档案！",
    "首批四百名乡村医生赴县里跟班学习，为期一季度；",
    "结业考核合格者可领取证书，不合格的须补考一次？",
    "厦门十二家社区食堂请来营养师，菜单低盐而少油：",
    "老人们看墙上贴着的热量表，一眼便知道该吃什么…",
    "药师随大篷车进山讲解用药常识，背篓换成小药箱、",
    "国家卫生健康委印发通知，要求做好冬春季防控工作",
]


def paragraph(text, **fields):
    return {"type": "paragraph", "text": text, **fields}


def body(*texts):
    return [paragraph(text) for text in texts]


A, B, C, D, E, *_ = SENTENCES

#: Bodies without keys. A few short texts stand in them several times, under several types.
BODIES = st.lists(
    st.builds(
        lambda kind, text: {"type": kind, "text": text},
        st.sampled_from(["paragraph", "subhead", "table"]),
        st.sampled_from([A, B, C + D, C, D, A[:-1], "甲", "乙", "甲\t乙", "\ud83d"]),
    )
    | st.builds(lambda caption: {"type": "table", "text": "甲\t乙", "caption": caption}, st.sampled_from(["表1", A])),
    max_size=7,
)

#: The same with keys that blocks name, rightly or wrongly.
KEYED = st.lists(
    st.tuples(
        BODIES.filter(bool).map(lambda blocks: blocks[0]),
        st.sampled_from([None, None, "x", "x-2", *keys_of(body(A, A, "甲"))]),
    ),
    max_size=7,
).map(lambda pairs: [{**block, "key": key} if key else block for block, key in pairs])


def test_an_unchanged_body_names_no_key_and_its_keys_say_the_texts():
    blocks = [
        paragraph(A),
        {"type": "subhead", "text": B},
        paragraph(A),
        {"type": "table", "text": "甲\t乙", "caption": "表1"},
    ]
    first, second, third, fourth = keys_of(blocks)
    assert re.fullmatch("[0-9a-f]{8}", first) and third == f"{first}-2"
    assert len({first, second, third, fourth}) == 4
    assert keys_of([blocks[3], blocks[1], blocks[0]]) == [fourth, second, first]
    assert keys_of([{"type": "subhead", "text": A}]) == [first]
    assert keys_of([{"type": "table", "text": "甲\t乙", "caption": "表2"}]) != [fourth]


@given(BODIES | KEYED)
def test_no_two_blocks_have_one_key(blocks):
    keys = keys_of(blocks)
    assert len(set(keys)) == len(keys) == len(blocks)
    assert keys_of(blocks) == keys
    named = [block.get("key") for block in blocks]
    for place, name in enumerate(named):
        assert name is None or name in keys[:place] or keys[place] == name


@given(BODIES | KEYED)
def test_a_body_that_stays_is_left_as_it_is(blocks):
    assert carry_keys(blocks, blocks) == blocks


@given(BODIES | KEYED, BODIES)
def test_keys_are_carried_once_and_the_texts_as_they_are(old, new):
    carried = carry_keys(old, new)
    assert without_keys(carried) == new
    assert len(set(keys_of(carried))) == len(new)
    assert carry_keys(old, carried) == carried
    assert carry_keys(carried, new) == carried  # the same reading again


@given(BODIES, st.lists(BODIES, min_size=1, max_size=4))
def test_keys_stand_only_where_the_text_does_not_give_them(first, later):
    blocks = first
    for new in later:
        before, blocks = blocks, carry_keys(blocks, new)
        assert carry_keys(before, blocks) == blocks
        implicit = keys_of(without_keys(blocks))
        assert all(block.get("key") != key for block, key in zip(blocks, implicit, strict=True))


def edited(text):
    """Return a text with a slip put right."""
    return text[:5] + "某" + text[6:]


@given(st.data())
def test_a_key_outlives_whatever_happens_beside_its_block(data):
    """A random course of edits. Each block has a name of its own here; the names and the keys stay together."""
    spare = list(reversed(SENTENCES))
    names, subheads = ["b0", "b1", "b2", "b3"], set()
    texts = {name: spare.pop() + f"（第{name}段）" for name in names}
    blocks = body(*(texts[name] for name in names))
    keys = dict(zip(names, keys_of(blocks), strict=True))
    for step in range(data.draw(st.integers(1, 8))):
        name = data.draw(st.sampled_from(names))
        place = names.index(name)
        act = data.draw(st.sampled_from(["insert", "delete", "move", "edit", "replace", "split", "join", "retype"]))
        kept = set(names)
        if act == "insert" and spare:
            names.insert(place, f"n{step}")
            texts[names[place]] = spare.pop()
        elif act == "delete" and len(names) > 1:
            names.remove(name)
        elif act == "move":
            names.remove(name)
            names.insert(data.draw(st.integers(0, len(names))), name)
        elif act == "edit" and len(texts[name]) > 20:
            texts[name] = edited(texts[name])
        elif act == "replace" and spare:
            texts[name] = spare.pop()
        elif act == "split" and len(texts[name]) > 16:
            cut = data.draw(st.integers(4, len(texts[name]) - 4))
            names.insert(place + 1, f"n{step}")
            texts[names[place + 1]] = texts[name][cut:]
            texts[name] = texts[name][:cut]
        elif act == "join" and place + 1 < len(names):
            texts[name] += texts[names.pop(place + 1)]
        elif act == "retype":
            subheads.symmetric_difference_update([name])
        new = [{"type": "subhead" if each in subheads else "paragraph", "text": texts[each]} for each in names]
        blocks = carry_keys(blocks, new)
        now = dict(zip(names, keys_of(blocks), strict=True))
        for each in kept & set(names):
            assert now[each] == keys[each], (act, each)
        assert not {now[each] for each in set(names) - kept} & {keys[each] for each in kept & set(names)}
        keys = now


def carried(old, new):
    """Return the places in `old` whose keys the blocks of `new` have, or None."""
    keys = keys_of(old)
    return [keys.index(key) if key in keys else None for key in keys_of(carry_keys(old, new))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Of equal blocks the neighbours decide.
        ((A, B, A), (B, A), [1, 2]),
        ((B, A, C, A), (B, C, A), [0, 2, 3]),
        ((A, B), (B, A, A), [1, 0, None]),
        ((A, B, A, C), (B, A, E), [1, 2, 3]),
        ((A, B, A, C), (E, A, C), [None, 2, 3]),
        # A block that stands stays itself, whatever stands where it stood.
        ((A, B, C), (edited(A), C, B, A), [None, 2, 1, 0]),
        ((A, B, C), (B, C, A), [1, 2, 0]),
        # One changed block between two unchanged ones, or an end, is the one that stood there. Two are not known apart.
        ((A, B, C), (A, E, C), [0, 1, 2]),
        ((A, B), (E, B), [0, 1]),
        ((A,), (E,), [0]),
        ((A, B, C, D), (A, E, SENTENCES[5], D), [0, None, None, 3]),
        # The half of a split block that comes first, however short, and the first of two joined ones.
        ((A, C + D, B), (A, C[:4], C[4:] + D, B), [0, 1, None, 2]),
        ((A, C + D, B), (A, C + D[:-3], D[-3:], B), [0, 1, None, 2]),
        ((A, C + D, B), (A, C, edited(D), B), [0, 1, None, 2]),
        ((A, C + D, B), (A, edited(C), D, B), [0, 1, None, 2]),
        ((A, C + D + E, B), (A, C, D, E, B), [0, 1, None, None, 2]),
        ((A, C[:4], C[4:], B), (A, C, B), [0, 1, 3]),
        ((A, C, D, E, B), (A, C + D + E, B), [0, 1, 4]),
        # Likeness, in any order.
        ((A, B, C), (edited(C), edited(A), B), [2, 0, 1]),
        ((A, B, C), (E, edited(A), edited(B), edited(C)), [None, 0, 1, 2]),
    ],
)  # fmt: skip
def test_a_block_continues_the_one_it_came_from(old, new, expected):
    assert carried(body(*old), body(*new)) == expected


def test_a_changed_block_names_its_key_until_its_first_text_is_back():
    old = body(A, B)
    key = keys_of(old)[0]
    changed = carry_keys(old, body(E, B))
    assert changed == [paragraph(E, key=key), paragraph(B)]
    again = carry_keys(changed, body(edited(E), C, B))
    assert again == [paragraph(edited(E), key=key), paragraph(C), paragraph(B)]
    assert carry_keys(again, body(A, C, B)) == body(A, C, B)


def test_a_new_block_with_the_first_text_of_a_changed_one_has_a_key_of_its_own_for_ever():
    key = keys_of(body(A))[0]
    changed = carry_keys(body(A, B), body(edited(A), B))
    both = carry_keys(changed, body(edited(A), B, A))
    assert keys_of(both) == [key, *keys_of(body(B)), f"{key}-2"]
    assert carry_keys(both, body(B, A)) == [paragraph(B), paragraph(A, key=f"{key}-2")]


def test_a_key_that_a_form_names_is_followed():
    old = body(A, B, A)
    first, _, third = keys_of(old)
    assert carry_keys(old, [paragraph(A, key=third)]) == [paragraph(A, key=third)]
    assert carry_keys(old, [paragraph(E, key=third), paragraph(D, key=first)]) == [
        paragraph(E, key=third),
        paragraph(D, key=first),
    ]
    # A form knows better than likeness.
    swapped = [paragraph(edited(B), key=first), paragraph(edited(A), key=keys_of(old)[1])]
    assert carry_keys(body(A, B), swapped) == swapped
    # Here B itself still stands, and no other block can have its key.
    said = [paragraph(E, key=keys_of(old)[1]), *old]
    assert carry_keys(old, said) == body(E, A, B, A)
    assert carry_keys(old, [paragraph(E, key="0"), *old]) == [paragraph(E, key="0"), *old]


def test_the_like_blocks_of_a_long_body_keep_their_order():
    many = body(*(f"{A}{number}" for number in range(400)))
    other = body(*(f"{edited(A)}{number}" for number in range(400)))
    assert keys_of(carry_keys(many, other)) == keys_of(many)


def test_ids_name_the_article_and_a_cut_paragraph_has_both():
    one, two, three = body(A, "由县级医院下派"), body("到乡镇卫生院坐诊。"), body("医生", C)
    bodies = [one, two, three]
    keys = [keys_of(blocks) for blocks in bodies]
    whole = whole_paragraphs([Article(blocks=blocks) for blocks in bodies])
    assert [[block["text"] for block in blocks] for blocks in whole] == [
        [A, "由县级医院下派到乡镇卫生院坐诊。"],
        [],
        ["医生", C],
    ]
    assert anchors([(7, one), (8, two), (9, three)], whole) == [
        [[f"b-7-{keys[0][0]}"], [f"b-7-{keys[0][1]}", f"b-8-{keys[1][0]}"]],
        [],
        [[f"b-9-{keys[2][0]}"], [f"b-9-{keys[2][1]}"]],
    ]
    assert anchors([(7, one)], whole_paragraphs([Article(blocks=one)])) == [[[f"b-7-{key}"] for key in keys[0]]]
