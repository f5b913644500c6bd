"""Words that look like places, and places that look like words. Data for articles/reading/gazetteer.py."""

from __future__ import annotations

#: Prefectures whose short name is a word, or another place's too: it counts behind its province, or beside places.
WORDS = frozenset(
    "日照 开封 来宾 大同 安康 清远 白银 孝感 和田 海南 海北 海西 海东 黄南 兴安 阿里 山南 红河 黄山 玉树 朝阳 中山 "
    "百色 北海 三沙 怒江".split()
)
#: Counties whose short name is a common word: it counts beside its parent or its like only, the full name anywhere.
COUNTY_WORDS = frozenset(
    "资源 合作 和平 比如 南部 解放 东方 前进 港口 公安 友好 通道 共和 城中 城区 友谊 平安 中方 凤凰 安定 延长 "
    "光明 新兴 运河 太康 万年 东风 红旗 监利 光泽 南岸 赤壁 城北 会同 工农 大名 富裕 清水 高明 前锋 复兴 长子 "
    "宏伟 平定 芙蓉 洞口 太和 温泉 石门 向阳 郊区 振兴 三元 大方 互助 新华 威信 莲花 平和 名山 黄龙 矿区 桃源 "
    "三门 大观 永和 二七 台前 金山 民权 同心 平房 万安 定远 灯塔 白玉 大兴 天涯 七星 博爱 同仁 回民 钟楼 方正 "
    "安居 黑水 龙凤 鼓楼 大通 海盐 新民 镇远 富民 水城 老城 爱民 惠民 新星 和顺 孝义 开化 天心 登封 宣化 兴化 "
    "阳春 兴业 延寿 遵化 大安 奉化 安宁 青山 河口 东区 西区 秀英 城东 城西 城关 城厢 市中 市北 市南 正安 永安 "
    "太平 武功 独山 海门 双城 长安 新建 平原 古城 东湖 五台 三江 上街 泰山 镜湖 蓝田 东海 花山 永宁 西山 东山 "
    "南山 天山 昆山 宝山 金水 银海 滨海 城阳 新城 江北 江南 江城 河东 河西 海南 山阳 龙门 大足 中原 二道 兴国 "
    "兴隆 安国 广安 长乐 常山 集美 思明 麒麟 铜山 桐城 灵山 云溪 清河 双流 宽城 翠屏 象山 江海 龙山 黄陵 炎陵 "
    "秦淮".split()
)
#: Districts that many cities have: they count behind their own parent only.
GENERIC = frozenset("城区 郊区 矿区 东区 西区 老城区 新城区 港口区 新区 城厢区".split())
#: Names that hold a place's name and are none, beside the words of the splitter that go on beyond a name.
BLOCKED = tuple(
    "北京时间 南京路 中山路 孙中山 中山装 中山陵 中山公园 延安精神 延安时期 遵义会议 古田会议 上海合作组织 上合组织 "
    "阿里巴巴 阿里云 阿里健康 西安事变 南京大屠杀 黄河流域 长江流域 云南白药 河南话 四川话 天津话 广东话 上海话 "
    "新乡贤 重庆小面 北京烤鸭 兰州拉面 兰州牛肉面 沙县小吃 天津麻花 金华火腿 黄山毛峰 北京奥运 北京冬奥 上海世博 "
    "广州起义 南昌起义 北京人民广播电台 三明医改 三明经验 北海道 和平与发展 和平共处 世界大同 中日友好 北京同仁堂 "
    "上海药物研究所".split()
)

#: The provinces by the one character that stands for each: 京津冀, 川渝两地, 在沪医院.
ABBREVIATIONS = dict(
    pair.split(":")
    for pair in (
        "京:110000 津:120000 冀:130000 晋:140000 蒙:150000 辽:210000 吉:220000 黑:230000 沪:310000 苏:320000 浙:330000 "
        "皖:340000 闽:350000 赣:360000 鲁:370000 豫:410000 鄂:420000 湘:430000 粤:440000 桂:450000 琼:460000 渝:500000 "
        "川:510000 蜀:510000 黔:520000 贵:520000 滇:530000 云:530000 藏:540000 陕:610000 甘:620000 青:630000 宁:640000 "
        "新:650000 港:810000 澳:820000 台:710000"
    ).split()
)
