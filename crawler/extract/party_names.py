"""What names of people and firms look like in a letter, as parts of patterns; lines are without white space."""

import re

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜"
    "崔谭陆汪范金石廖贾韦夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶贺毛段郝顾龚邵万覃武钱戴严莫孔向汤温康施洪"
    "傅皮卞齐伍卜萧穆祁禹狄臧茅庞纪舒屈祝阮蓝闵季娄童颜梅盛刁骆樊凌霍虞柯昝缪郁杭诸左吉邢裴荣翁荀甄储靳焦巴隗宓仲"
    "伊宫宁仇栾厉戎祖符詹幸黎薄蒲卓蔺屠池乔胥闻莘翟冉雍桑桂濮牛扈燕冀浦尚庄晏柴瞿阎慕茹艾戈耿匡寇欧聂晁敖阚饶鞠丰巢荆竺"
    "桓辜苟岳苗宛佟嵇钮滑芮羿汲邴糜牧邰郏俞"
)
_COMPOUND = "欧阳|上官|司徒|司马|诸葛|东方|尉迟|皇甫|慕容|令狐|夏侯"
_WITH_DOT = r"[\u4e00-\u9fff]{2,8}[·•][\u4e00-\u9fff]{2,8}"
CITIZEN = rf"(?:[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}|(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|{_WITH_DOT})"
A_PERSON = rf"{CITIZEN}|[\u4e00-\u9fff][某*＊×xX]{{1,3}}[\u4e00-\u9fff]?"
A_FIRM = r"[\u4e00-\u9fff()]{2,36}(?:公司|集团|合作社|商行|超市|酒店|宾馆|饭店|门诊部|诊所|医院|网吧|会所|[厂店场矿部])"
BRANCH = r"[\u4e00-\u9fff()]{0,20}?(?:[分支]公司|[分支]行|[分支]店|分厂|营业部|加油站|项目部)"
COMPANY = r"[\u4e00-\u9fff()]{2,40}?(?:公司|集团|合作社|银行)"
ROLE = (  # what somebody is, or by what number he is known, behind the name
    r"(?:[(（](?:[^()（）]{0,8}(?:户|人|者|主)|(?:居民)?(?:身份证|公民身份)[^()（）]{0,60})[)）])?"
)
PLACE = r"(?:[(（][\u4e00-\u9fff]{2,6}(?:村|镇|乡|社区|街道)[)）])?"
ABOUT_IT = re.compile(  # a line of a party's particulars
    r"^(?:(?:统一)?社会信用代码|营业执照|法定代表人|负责人|经营者|投资人|承租人|住所|住址|地址|(?:居民)?身份证|公民身份号码|性别)"
)
