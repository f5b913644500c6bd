"""Which kickers are names of columns. The examples of `is_column` show the other cases."""

from articles.reading import is_column


def test_a_label_is_no_column_however_often_it_stands():
    assert [is_column(kicker, times=9) for kicker in ("导读", "新闻背景", "五湖四海")] == [False, False, True]


def test_a_name_with_a_dot_may_be_longer():
    long = "关注新质生产力与卫生健康事业高质量发展"
    assert (len(long) <= 20, is_column(long + "·人工智能"), is_column(long + "人工智能")) == (True, True, False)
