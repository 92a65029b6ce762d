"""What is taught at home: the lessons of the eight areas, in short accounts as a teacher would leave them.

Each account is for children of some needs, and is followed by what the child managed that day.
"""

from __future__ import annotations

from typing import NamedTuple

# What a child needs most; a child has one of these.
MOVING, LEARNING, RELATING, SENSING, WAKING = "moving", "learning", "relating", "sensing", "waking"
NEEDS = (MOVING, LEARNING, RELATING, SENSING, WAKING)
_ALL = frozenset(NEEDS)


class Lesson(NamedTuple):
    area: str
    needs: frozenset[str]
    account: str


def _lesson(area: str, account: str, *needs: str) -> Lesson:
    return Lesson(area, frozenset(needs) or _ALL, account)


LESSONS = (
    # 生活语文
    _lesson("生活语文", "认读全家福：把爸爸、妈妈、奶奶的照片摆成一排，听称呼指认，再看照片说称呼", LEARNING, RELATING, SENSING),
    _lesson("生活语文", "听名字有反应：从左、右、身后轮流叫他的小名，等他转头或看人，再给喜欢的摇铃", WAKING, MOVING),
    _lesson("生活语文", "指认身体部位：边唱《头肩膝脚》边摸五官，听口令指鼻子、嘴巴、耳朵", LEARNING, RELATING, MOVING),
    _lesson("生活语文", "图卡表达需要：用“喝水”“吃饭”“上厕所”三张图卡，想要什么就拿卡交给大人", RELATING, SENSING, MOVING),
    _lesson("生活语文", "描写自己的名字：在放大的田字格里沿虚线描姓和名，先用手指描，再换粗杆铅笔", LEARNING, SENSING),
    _lesson("生活语文", "共读绘本《小兔子找家》：一页一页指着看，问“谁来了”，用点头、摇头或声音回答"),
    _lesson("生活语文", "学说两个字的词：对着镜子看口型，跟说“喝水”“回家”“谢谢”", SENSING, LEARNING),
    _lesson("生活语文", "盲文点位入门：在六点钉板上摸出一、二、三点的位置，再摸盲文卡配对", SENSING),
    # 生活数学
    _lesson("生活数学", "数数与点数：用晒干的玉米粒一粒一粒放进小碗，边放边数，最后说一共几粒", LEARNING, SENSING),
    _lesson("生活数学", "分大小：把家里的碗、勺、鞋按大和小各放一筐，放好后再换一样东西试", LEARNING, RELATING),
    _lesson("生活数学", "认识一元和五元：用真纸币玩小卖部，拿对钱换一颗糖", LEARNING),
    _lesson("生活数学", "配对颜色：红、黄、蓝三色袜子和三只盆，同色的放到同一只盆里", LEARNING, RELATING, MOVING),
    _lesson("生活数学", "认识一天的先后：把起床、吃饭、睡觉三张图按顺序贴到日程板上", RELATING, LEARNING),
    _lesson("生活数学", "感知“有”和“没有”：当面把小球放进杯里再拿走，用目光或声音表示有没有", WAKING, MOVING),
    # 生活适应
    _lesson("生活适应", "用勺子吃饭：碗下垫防滑布，分握勺、舀起、送到嘴边、含住四步练习", MOVING, WAKING, LEARNING),
    _lesson("生活适应", "洗手六步：对着洗手池上的图一步一图地做，水龙头改用长柄开关", LEARNING, RELATING, SENSING),
    _lesson("生活适应", "穿脱开襟上衣：先脱后穿，从脱最后一只袖子学起，衣领缝了红线认前后", LEARNING, MOVING, SENSING),
    _lesson("生活适应", "刷牙：先用手指牙刷适应口腔，再用软毛刷按上、下、左、右四区各刷十下", RELATING, LEARNING, WAKING),
    _lesson("生活适应", "定时坐便：饭后二十分钟坐便盆椅，坐稳五分钟，成功就贴一颗星", RELATING, LEARNING),
    _lesson("生活适应", "抿嘴喝水：用切口杯小口喝，头略前倾，一口咽下再喝第二口", MOVING, WAKING),
    _lesson("生活适应", "熟悉家里的路：从床边扶墙走到堂屋、厨房，沿途摸布条标记，说出到了哪里", SENSING),
    _lesson("生活适应", "门口的危险：看图认灶火、插座、水塘，听到“停”就站住不动", RELATING, LEARNING),
    # 劳动技能
    _lesson("劳动技能", "择豆角：掐两头、撕筋、掰成段，放进篮子，择够一小把就交给奶奶", LEARNING, RELATING),
    _lesson("劳动技能", "收拾饭桌：把碗筷叠好端到灶台，用抹布从左到右擦桌子", LEARNING, SENSING),
    _lesson("劳动技能", "叠毛巾：对折、再对折、压平，按颜色放进柜子", LEARNING, RELATING, MOVING),
    _lesson("劳动技能", "给院里的菜浇水：用半瓶水，一棵浇一下，数着浇完一行", RELATING, LEARNING),
    # 唱游与律动
    _lesson("唱游与律动", "听山歌拍手：放壮族山歌，前两句听，后两句跟着拍子拍手或拍腿"),
    _lesson("唱游与律动", "摇铃与停顿：音乐响就摇铃，音乐停就收手，练习等待", RELATING, WAKING, MOVING),
    _lesson("唱游与律动", "推拉船歌：面对面拉手坐好，跟着歌声前后摇，停下时看他要不要“再来”", RELATING, WAKING),
    # 绘画与手工
    _lesson("绘画与手工", "手掌印画：用米糊调的颜料印手掌，印成一棵树，自己选颜色"),
    _lesson("绘画与手工", "撕贴扫把：把旧报纸撕成条，贴在画好的扫把柄下面，练习双手配合", LEARNING, MOVING, RELATING),
    _lesson("绘画与手工", "玉米芯滚画：蘸颜料在纸上来回滚，看线条从哪里来，滚满一张", WAKING, MOVING, LEARNING),
    # 运动与保健、信息技术
    _lesson("运动与保健", "坐位抛接布球：坐靠墙垫上，从半米外接住布球再推回来", MOVING, LEARNING),
    _lesson("运动与保健", "翻身取物：把会响的玩具放在身侧，引导他先转头、再转肩、再转胯", WAKING, MOVING),
    _lesson("运动与保健", "沿线走：院子里用石灰画一条直线，脚跟贴脚尖走五步，转身再走回来", RELATING, LEARNING),
    _lesson("信息技术", "大按键开关：按一下开关，录好的奶奶的声音就叫他名字，学“我按它响”", WAKING, MOVING),
)
