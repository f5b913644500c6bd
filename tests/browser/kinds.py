"""One path of each kind of page. The names in braces are facts that tests/browser/archive.py prints."""

#: {kind: path}. test_kinds.py checks that KINDS and NOT_PAGES cover every URL name of articles/urls.py.
KINDS = {
    "home": "/",
    "issues": "/issues/",
    "year": "/issues/{year}/",
    "month": "/issues/{year}/{month}/",
    "missing": "/issues/missing/",
    "issue": "/issues/{day}/",
    "page": "/issues/{day}/pages/{page}/",
    "unnumbered-page": "/pages/{unnumbered}/",
    "article": "/articles/{article}/",
    "article-jump": "/articles/{jump}/",
    "article-longest": "/articles/{longest}/",
    "article-table": "/articles/{table}/",
    "cite": "/articles/{article}/cite/",
    "source": "/articles/{article}/source/",
    "article-hit": "/articles/{article}/?q=医共体&n=1",
    "regions": "/regions/",
    "region": "/regions/{region}/",
    "province": "/regions/{province}/",
    "topics": "/topics/",
    "topic": "/topics/{topic}/",
    "columns": "/columns/",
    "column": "/columns/{column}/",
    "sections": "/sections/",
    "section": "/sections/要闻/",
    "contributors": "/contributors/",
    "contributor": "/contributors/{contributor}/",
    "search": "/search/",
    "search-hits": "/search/?q=医共体",
    "search-dated": "/search/?q=医院 日期:2024 地区:浙江&sort=newest",
    "search-nearly": "/search/?q=编制统筹之后县医院派驻的二名技师",
    "search-none": "/search/?q=没有人写过这句话",
    "search-none-that-day": "/search/?q=医共体 日期:2019-05-01 地区:浙江",
    "trends": "/trends/",
    "trends-years": "/trends/?q=医共体&q=医院|卫生院&q=没有人写过这句话",
    "trends-months": "/trends/?q=医共体&q=医院&by=month&show=count",
    "help": "/help/",
    "status": "/status/",
    "display": "/display/?next=/topics/",
    "400": "/search/?q=%00",
    "403": "/refused/",
    "403-form": "/form-refused/",
    "404": "/issues/1999/",
    "404-day": "/issues/2024-11-31/",
    "405": "/method-refused/",
    "410": "/articles/{withdrawn}/",
    "429": "/login-refused/",
    "500": "/failed/",
    "503": "/late/",
    "503-database": "/without-database/",
    "503-search": "/without-index/",
}

#: The status of each kind that is answered by an error.
REFUSED = {kind: int(kind.partition("-")[0]) for kind in KINDS if kind[0].isdigit()}

#: Kinds without navigation: a sentence with links. They work even if nothing else does.
BARE = {"403-form", "500"}

#: URL names of answers that are not pages to read.
NOT_PAGES = {
    "article-file", "column-feed", "favicon", "feed", "missing-csv", "opensearch", "region-feed", "robots", "scan",
    "search-feed", "section-feed", "security", "sitemap", "sitemap-lists", "sitemap-lists-part", "sitemap-month",
    "sitemap-month-part", "suggest", "topic-feed",
}  # fmt: skip
