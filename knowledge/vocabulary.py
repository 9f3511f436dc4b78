"""The words of the field, each with its Chinese name, shared by every floor."""

from enum import StrEnum


class Status(StrEnum):
    """What a reply is: how much of the question the documents settled."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NOT_STATED = "not_stated"
    CLARIFY = "clarify"
    OUT_OF_SCOPE = "out_of_scope"
    SMALLTALK = "smalltalk"
    HELP = "help"


class Modality(StrEnum):
    """How strongly a clause speaks; only `must` and `should` can be failed."""

    MUST = "must"  # 必须、要、不得
    SHOULD = "should"  # 应、应当
    IN_PRINCIPLE = "in_principle"  # 原则上
    GENERALLY = "generally"  # 一般
    MAY = "may"  # 可、鼓励、有条件的
    STATES = "states"  # a plain statement

    @property
    def is_soft(self) -> bool:
        """Whether falling short of it is not yet a failure (原则上、一般、可)."""
        return self in (Modality.IN_PRINCIPLE, Modality.GENERALLY, Modality.MAY)


class Topic(StrEnum):
    """The themes of the knowledge grid; the value is the identifier used in the data."""

    MEANING = "meaning"
    TASKS = "tasks"
    APPLICANTS = "applicants"
    EXCLUSIONS = "exclusions"
    MULTIPLE = "multiple"
    CONDITIONS = "conditions"
    STANDARDS = "standards"
    LEADER = "leader"
    TEAM = "team"
    SITE = "site"
    EQUIPMENT = "equipment"
    RULES = "rules"
    RUNNING_COSTS = "running-costs"
    GRANT = "grant"
    QUOTA = "quota"
    NAMING_ROUND = "naming-round"
    TARGET = "target"
    LEVELS = "levels"
    TYPES = "types"
    NAME = "name"
    PLAQUE = "plaque"
    PROCEDURE = "procedure"
    RECEIVING = "receiving"
    DEADLINE = "deadline"
    SEASONS = "seasons"
    MATERIALS = "materials"
    FORM = "form"
    FEE = "fee"
    TERM = "term"
    LEDGERS = "ledgers"
    YEARLY = "yearly"
    RESULT = "result"
    ASSESSMENT = "assessment"
    FILING = "filing"
    REVOCATION = "revocation"
    INCENTIVES = "incentives"
    AWARDS = "awards"
    PATENTS = "patents"
    PLATFORM = "platform"
    PUBLICITY = "publicity"
    UPGRADE = "upgrade"
    DUTIES = "duties"
    CONTACT = "contact"
    ISSUER = "issuer"
    DOCUMENT = "document"
    INTERPRETER = "interpreter"
    CURRENT = "current"
    SLIP = "slip"

    @property
    def chinese(self) -> str:
        """The topic's Chinese name, as people read it."""
        return TOPIC_NAMES[self]


TOPIC_NAMES = {
    Topic.MEANING: "性质与目的",
    Topic.TASKS: "任务与功能",
    Topic.APPLICANTS: "申报对象",
    Topic.EXCLUSIONS: "不予命名",
    Topic.MULTIPLE: "兼报",
    Topic.CONDITIONS: "基本条件",
    Topic.STANDARDS: "创建标准",
    Topic.LEADER: "领衔人",
    Topic.TEAM: "团队",
    Topic.SITE: "场所",
    Topic.EQUIPMENT: "设备设施",
    Topic.RULES: "制度",
    Topic.RUNNING_COSTS: "日常经费",
    Topic.GRANT: "支持资金",
    Topic.QUOTA: "名额",
    Topic.NAMING_ROUND: "命名数量与周期",
    Topic.TARGET: "数量目标",
    Topic.LEVELS: "级别",
    Topic.TYPES: "类型",
    Topic.NAME: "名称",
    Topic.PLAQUE: "牌匾证书",
    Topic.PROCEDURE: "程序",
    Topic.RECEIVING: "报送对象",
    Topic.DEADLINE: "申报时间",
    Topic.SEASONS: "评审与命名时间",
    Topic.MATERIALS: "材料",
    Topic.FORM: "申报表",
    Topic.FEE: "收费",
    Topic.TERM: "有效期与复审",
    Topic.LEDGERS: "台账档案",
    Topic.YEARLY: "年度义务",
    Topic.RESULT: "创新成果",
    Topic.ASSESSMENT: "考核",
    Topic.FILING: "考核报送",
    Topic.REVOCATION: "撤销",
    Topic.INCENTIVES: "激励待遇",
    Topic.AWARDS: "表彰奖励",
    Topic.PATENTS: "专利与知识产权",
    Topic.PLATFORM: "平台与转化",
    Topic.PUBLICITY: "宣传",
    Topic.UPGRADE: "升级与衔接",
    Topic.DUTIES: "各方职责",
    Topic.CONTACT: "联系方式",
    Topic.ISSUER: "发文单位",
    Topic.DOCUMENT: "文号与日期",
    Topic.INTERPRETER: "解释权",
    Topic.CURRENT: "时效",
    Topic.SLIP: "原文疏漏",
}


class Role(StrEnum):
    """Who somebody is to the register."""

    STAFF = "staff"
    ADMIN = "admin"

    @property
    def chinese(self) -> str:
        """As people read it."""
        return _ROLES[self]


class Standing(StrEnum):
    """How a studio stands in the register; only one in good standing has dues."""

    GOOD = "good"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def chinese(self) -> str:
        """As people read it."""
        return _STANDINGS[self]


class Paper(StrEnum):
    """What a studio hands in; the value is that of the due it settles."""

    ANNUAL_SUMMARY = "annual-summary"
    ASSESSMENT = "assessment-filing"
    CYCLE_REVIEW = "cycle-review"
    RE_APPLICATION = "re-application"
    APPLICATION = "application-deadline"

    @property
    def chinese(self) -> str:
        """As people read it."""
        return _PAPERS[self]


class Grade(StrEnum):
    """The result of a year's assessment."""

    EXCELLENT = "excellent"
    PASSED = "passed"
    FAILED = "failed"

    @property
    def chinese(self) -> str:
        """As people read it."""
        return _GRADES[self]


_ROLES = {Role.STAFF: "工作人员", Role.ADMIN: "管理员"}
_STANDINGS = {
    Standing.GOOD: "正常",
    Standing.SUSPENDED: "停用",
    Standing.EXPIRED: "已到期",
    Standing.REVOKED: "已撤销",
}
_PAPERS = {
    Paper.ANNUAL_SUMMARY: "年度总结",
    Paper.ASSESSMENT: "考核备案",
    Paper.CYCLE_REVIEW: "周期审核",
    Paper.RE_APPLICATION: "重新申报",
    Paper.APPLICATION: "申报材料",
}
_GRADES = {Grade.EXCELLENT: "优秀", Grade.PASSED: "合格", Grade.FAILED: "不合格"}


# The ways to people.
CHANNELS = {"wechat": "微信", "wecom": "企业微信", "telegram": "Telegram", "web": "网页", "terminal": "终端"}
