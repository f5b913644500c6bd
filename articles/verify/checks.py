"""The table of all checks, in their order: the database, its rows, promise by promise, the scans, then the index."""

from __future__ import annotations

from articles.verify import forms, indexed, people, scans, structure, tables, texts, urls
from articles.verify.faults import Check

#: The remedy for damage that no command mends.
FROM_BACKUP = "请从最近一份核对无误的备份恢复，或把这条交给开发者。"
ON_DESK = "请在校改台核对并改正。"

#: The checks that read one state of the database.
CHECKS = (
    Check(
        *("migrations", "数据库的结构是这个版本的程序所要的。"),
        *("请运行 manage.py migrate；若程序比数据库旧，请换用新的程序。", tables.migration_faults),
    ),
    Check("integrity", "数据库自己的文件和索引完好。", FROM_BACKUP, tables.integrity_faults),
    Check("constraints", "记录所靠的约束和索引数据库里都有。", FROM_BACKUP, tables.constraint_faults),
    Check("foreign-keys", "每一行所指的行都在。", FROM_BACKUP, tables.orphan_faults),
    Check(
        *("sequences", "下一行的编号没有用过。"),
        *("请把序列调到已用的最大编号（manage.py sqlsequencereset articles）。", tables.sequence_faults),
    ),
    Check("choices", "每个字段的值是它所列的一种。", FROM_BACKUP, tables.choice_faults),
    Check("forms", "每个 JSON 字段是它的格式。", FROM_BACKUP, forms.form_faults),
    Check("block-keys", "正文每一段的段键只有一段用，合格式。", FROM_BACKUP, forms.key_faults),
    Check("segments", "原文每个字归一处，也只归一处。", "请运行 manage.py reread 重读那一版。", texts.segment_faults),
    Check("sources", "存下的文字就是原文件的文字。", FROM_BACKUP, texts.source_faults),
    Check("standings", "文章所据的原始文本各属一版。", FROM_BACKUP, texts.standing_faults),
    Check("positions", "一版的文章依次排列。", "请运行 manage.py reread 重读那一版。", structure.position_faults),
    Check("stories", "一篇稿件只有一层续文，都在一期。", ON_DESK, structure.story_faults),
    Check("sets", "署名、主题、版面人员的次序定得下来。", ON_DESK, structure.set_faults),
    Check("reference", "参考表守自己的规则。", ON_DESK, structure.reference_faults),
    Check("revision", "档案的修订号不落在任何改动之后。", FROM_BACKUP, urls.state_faults),
    Check("vanished", "删去的文章编号都记着，不再使用。", FROM_BACKUP, urls.vanished_faults),
    Check("redirects", "旧网址都通到有内容的地方，一步到。", ON_DESK, urls.redirect_faults),
    Check("edited-fields", "人工修改过的字段都有其名。", FROM_BACKUP, people.edited_field_faults),
    Check("ledger", "校改记录与各表相符。", FROM_BACKUP, people.ledger_faults),
    Check("withdrawals", "撤下与恢复都在校改记录里。", ON_DESK, people.withdrawal_faults),
    Check("doubts", "每条存疑的标识就是所疑之处。", FROM_BACKUP, people.doubt_faults),
    Check("proposals", "机器建议各有其字段，与文章同在一版。", FROM_BACKUP, people.proposal_faults),
    Check(
        *("derived-doubts", "由各表可知的存疑都在，也只有这些。"),
        *("请在校改台改动那一版再改回，存疑会重算。", people.derived_doubt_faults),
    ),
    Check(
        *("reader-doubts", "重读每一版，存疑仍是这些。", "请运行 manage.py reread 重读那一版。"),
        *(people.reader_doubt_faults, True),
    ),
)

#: The remedy for a scan that is not as it arrived.
OF_SCAN = "请从备份放回这个文件；若是有意换过或移走，请运行 manage.py record_scans --renew 路径。"

#: The checks of the files of scans, which are outside the database. They read the live one, and may take hours.
SCAN_CHECKS = (
    Check("scans", "登记过的扫描件都在，大小与到达时相同。", OF_SCAN, scans.file_faults),
    Check("scans-recorded", "每个扫描件都登记了摘要。", "请运行 manage.py record_scans。", scans.unrecorded_faults),
    Check("scan-contents", "扫描件的内容与到达时相同。", OF_SCAN, scans.content_faults, is_deep=True),
)

#: The remedy for the index, which can be thrown away.
SYNC = "请运行 manage.py sync_search。"

#: The checks of the index, which follows the live database.
INDEX_CHECKS = (
    Check("index-usable", "检索索引在，完好，属于这个数据库和程序。", SYNC, indexed.usable_faults),
    Check(
        *("index-behind", "检索索引几秒之内就跟上数据库。"),
        *("请运行 manage.py sync_search，并查看跟随进程（sync_search --follow）是否在运行。", indexed.behind_faults),
    ),
    Check("index", "检索索引里的稿件就是读者可见的稿件。", SYNC, indexed.story_faults),
    Check("index-contents", "检索索引里的文字与数据库一致。", SYNC, indexed.content_faults, is_deep=True),
)
