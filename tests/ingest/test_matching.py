"""The pairing of items by likeness."""

from articles.ingest.matching import pair


def items(*texts):
    return [(text[:6], text) for text in texts]


def stored(*texts):
    return [(text[:6], [text]) for text in texts]


A = "青海湖畔建起流动诊室，牧民在家门口等来了巡诊队，车上配有心电图机和便携式超声。"
B = "云南省启动乡村医生轮训，首批四百人到县级医院跟班学习三个月，结业考核合格者发给证书。"
C = "厦门市十二家社区食堂请来注册营养师，为老人定制低盐少油的菜单，贴出每道菜的热量。"


def test_items_are_paired_by_text_wherever_they_stand():
    assert pair(stored(A, B, C), items(C, A, B)) == {0: 2, 1: 0, 2: 1}


def test_an_inserted_item_pairs_with_nothing():
    assert pair(stored(A, C), items(A, B, C)) == {0: 0, 2: 1}


def test_a_changed_headline_keeps_the_pair():
    assert pair([("旧题", ["旧题\n" + A])], [("全新的标题", "全新的标题\n" + A)]) == {0: 0}


def test_of_two_equal_ones_order_decides():
    assert pair(stored(A, A), items(A, A)) == {0: 0, 1: 1}


def test_the_larger_part_of_a_split_item_keeps_its_row():
    assert pair([("", [A + B + C])], [("", A), ("", B + C)]) == {1: 0}


def test_one_headline_pairs_what_was_misread_beyond_likeness():
    assert pair([("遗失声明", ["遗失声明\n" + A])], [("遗失声明", "遗失声明\n" + B)]) == {0: 0}


def test_a_corrected_item_is_known_by_what_the_machine_had_read():
    assert pair([("人工的标题", [A, C])], [("新题", A)]) == {0: 0}
    assert pair([("人工的标题", [A, C])], [("新题", C)]) == {0: 0}


def test_many_equal_items_are_paired_in_order():
    texts = [A] * 60
    assert pair(stored(*texts), items(*texts)) == {index: index for index in range(60)}
