"""What an empty talk offers: the five programmes and the questions people ask most."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Offer:
    """One programme as a button: a short place name, its full title, the document's number, the question it asks."""

    place: str
    title: str
    number: str
    question: str


PROGRAMMES = (
    Offer("中国技协", "中国技协创新工作室", "中国技协发〔2023〕49号", "中国技协创新工作室要什么条件？"),
    Offer("焦作", "职工技术创新工作室", "焦工文〔2015〕6号", "焦作职工技术创新工作室要什么条件？"),
    Offer("长春", "职工创新工作室", "长会办字〔2023〕33号", "长春职工创新工作室要什么条件？"),
    Offer("中国交建", "劳模（工匠人才）创新工作室", "深化创建工作的意见", "中国交建劳模创新工作室要什么条件？"),
    Offer("上海", "技师创新工作室", "沪工技协[2016]1号", "上海技师创新工作室要什么条件？"),
)

SUGGESTIONS = (
    "焦作评上给多少钱？",
    "长春评上给多少钱？",
    "上海团队要几个人？",
    "哪几家给经费？",
    "我们是理事单位，能报几个？",
    "交建的材料几月前交？",
)
