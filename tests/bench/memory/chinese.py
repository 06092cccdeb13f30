"""The same in Chinese."""

import random

from core.domain.messages import Author
from tests.bench.memory.sorts import Sort, one_of


def _chinese_date(chance: random.Random) -> str:
    return f"{chance.randrange(1, 13)}月{chance.randrange(1, 28)}日"


CHINESE = (
    Sort(
        "order",
        lambda chance: f"DD{chance.randrange(10**7, 10**8)}",
        ("我的订单号是@。", "发票上写的编号是@，您查一下。", "单据右上角印着@。", "就是@那一单。"),
        "订单号是多少？",
    ),
    Sort(
        "name",
        one_of("王小明", "李雪梅", "张志强", "陈思思"),
        ("我叫@。", "登记的时候用的名字是@。", "下单用的是@这个名字。", "会员名字写的是@。"),
        "客户叫什么名字？",
    ),
    Sort(
        "date",
        _chinese_date,
        ("我是@买的。", "大概@开始就不能用了。", "@那天就坏了。", "@收到的时候就有问题。"),
        "什么时候的事？",
    ),
    Sort(
        "amount",
        lambda chance: f"{chance.randrange(100, 999)}元",
        ("一共付了@。", "花了我@，挺贵的。", "银行扣了@。", "光这个就要@。"),
        "付了多少钱？",
    ),
    Sort(
        "phone",
        lambda chance: f"138{chance.randrange(10**7, 10**8)}",
        ("我的电话是@。", "白天请打@找我。", "有事拨@就行。", "短信发到@吧。"),
        "电话号码是多少？",
    ),
    Sort(
        "quantity",
        one_of("三件衬衫", "两台风扇", "12个杯子", "五把椅子"),
        ("我订了@。", "箱子里本来应该有@，结果少了。", "总共应该是@才对。", "说好给@的。"),
        "订了多少？",
    ),
    Sort(
        "stated",
        one_of("花生", "乳胶", "羊毛", "香水"),
        (
            "我对@过敏。",
            "家里人一碰@就不舒服，请注意。",
            "孩子不能接触@。",
            "我女儿用了@会起疹子。",
        ),
        "客户不能碰什么？",
    ),
    Sort(
        "open question",
        one_of("挪威", "冰岛", "马耳他"),
        (
            "寄到@要收关税吗？",
            "如果人在@，也能保修吗？",
            "@那边能不能上门维修？",
            "在@的朋友能用吗？",
        ),
        "客户问的是哪个地方？",
        reply="这个我不知道，要不要转人工？",
    ),
    Sort(
        "agent's promise",
        _chinese_date,
        (
            "我们会在@之前给您补发。",
            "您放心，@一定送到您手上。",
            "最晚@，新的就到您那里。",
            "@之前一定给您办好。",
        ),
        "答应什么时候送到？",
        Author.AGENT,
    ),
    Sort(
        "bot's promise",
        one_of("售后专员", "财务部门", "物流主管"),
        ("正在为您转接@。", "稍后由@联系您。", "接下来由@跟您沟通。", "您的问题已经交给@了。"),
        "要转接给谁？",
        Author.BOT,
    ),
)
