"""What a certificate says on paper, in English and in Chinese side by side.

Both stand on every paper, whoever asks for it: these words are a part of the document, like its
layout, and no translation of a page.
"""

from datetime import datetime
from typing import Any, NamedTuple

from babel.dates import format_date

from server.certificates.levels import Level
from server.certificates.rules import Kind, State
from server.certificates.schemas import CertificateBody


class Both(NamedTuple):
    """Words in both languages."""

    en: str
    zh: str

    def filled(self, **values: Any) -> "Both":
        """Return the words with values in their places."""
        return Both(self.en.format(**values), self.zh.format(**values))

    @property
    def label(self) -> str:
        """Both on one line, as a heading of a figure has them."""
        return f"{self.en} · {self.zh}"


TITLES = {
    Kind.PARTICIPATION: Both("Certificate of participation", "参赛证书"),
    Kind.PLACEMENT: Both("Certificate of placement", "名次证书"),
    Kind.LEVEL: Both("Certificate of competence", "能力证书"),
}
LEVELS = {
    Level.ELEMENTARY: Both("elementary", "初级"),
    Level.INTERMEDIATE: Both("intermediate", "中级"),
    Level.ADVANCED: Both("advanced", "高级"),
}
MEDALS = {
    "gold": Both("gold", "金奖"),
    "silver": Both("silver", "银奖"),
    "bronze": Both("bronze", "铜奖"),
}
CERTIFIES = Both("This certifies that", "兹证明")
REVOKED = Both(
    "Revoked on {day}: it certifies nothing any more.", "已于{day}撤销，不再证明任何内容。"
)
REPLACED = Both(
    "Replaced on {day}: its page leads to the certificate that took its place.",
    "已于{day}被新证书取代，新证书见其页面。",
)
OF = Both("of {university}", "{university}")
PARTICIPATED = Both(
    "took part in “{title}” as a member of the team “{team}”, of which {count} submissions were "
    "scored in time.",
    "作为队伍“{team}”的成员参加了“{title}”，该队伍在截止时间前有 {count} 次提交获得评分。",
)
PARTICIPATED_ONCE = Both(
    "took part in “{title}” as a member of the team “{team}”, of which one submission was scored "
    "in time.",
    PARTICIPATED.zh,
)
PLACED = Both(
    "reached rank {rank} of {teams} teams in “{title}” as a member of the team “{team}”.",
    "作为队伍“{team}”的成员，在“{title}”的 {teams} 支队伍中获得第 {rank} 名。",
)
PLACED_ALONE = Both(
    "reached rank {rank} of {teams} team in “{title}” as a member of the team “{team}”.",
    PLACED.zh,
)
REACHED = Both(
    "reached the {level} level of the standard “{title}”.",
    "达到评价标准“{title}”的{level}水平。",
)
NO_LETTERS = Both(
    "the person named on the page behind this code",
    "姓名见本证书二维码所示页面",
)
NAMED_THERE = Both(
    "The name is written in a script that this paper has no letters for; it stands on the page "
    "and in the signed data attached to this file.",
    "姓名所用文字无法在本文件中显示，请见网页及随附的签名数据。",
)
RANK, RANGE = Both("Rank", "名次"), Both("95 % range of the rank", "名次的 95 % 区间")
SCORE, INTERVAL = Both("Score", "得分"), Both("95 % interval", "95 % 置信区间")
METRIC, MEDAL = Both("Metric", "评分指标"), Both("Medal", "奖牌")
PHASE, ADVISERS = Both("Phase", "阶段"), Both("Advisers", "指导教师")
CHALLENGE, TEAMS = Both("Challenge", "挑战赛"), Both("Teams", "队伍数")
ISSUED_BY, ISSUED_ON = Both("Issued by", "颁发单位"), Both("Date of issue", "颁发日期")
CODE = Both("Certificate code", "证书编号")
SIGNED = Both(
    "Signed with Ed25519, key {kid}; fingerprint of the signature {fingerprint}. The signed data "
    "is attached to this file. Whether the certificate still stands is said at {url}",
    "本证书经 Ed25519 数字签名，签名数据随附于本文件；证书当前状态以上述网页为准。",
)


def said_of(body: CertificateBody, *, team: str) -> Both:
    """Return the sentence of a certificate; `team` is the team's name as it can be printed."""
    if body.level is not None:
        level = LEVELS[body.level.level]
        return Both(
            REACHED.en.format(level=level.en, title=body.level.title),
            REACHED.zh.format(level=level.zh, title=body.level.title),
        )
    title = body.challenge.title if body.challenge else ""
    if body.placement is not None:
        place = body.placement
        words = PLACED_ALONE if place.teams == 1 else PLACED
        return words.filled(rank=place.rank, teams=place.teams, title=title, team=team)
    count = body.participation.submissions if body.participation else 0
    words = PARTICIPATED_ONCE if count == 1 else PARTICIPATED
    return words.filled(title=title, team=team, count=count)


def sealed(body: CertificateBody) -> Both | None:
    """Return what stands large in the seal, and small below it: the rank, or the level."""
    if body.placement is not None:
        medal = MEDALS.get(body.placement.medal.value) if body.placement.medal else None
        return Both(str(body.placement.rank), medal.label if medal else RANK.label)
    if body.level is not None:
        return Both("I" * (list(Level).index(body.level.level) + 1), LEVELS[body.level.level].label)
    return None


def dated(text: str) -> Both:
    """Return the day of a moment in both languages."""
    day = datetime.fromisoformat(text).date()
    return Both(
        format_date(day, "d MMMM y", locale="en"), format_date(day, "y年M月d日", locale="zh")
    )


def ended(state: State, moment: datetime | None) -> Both | None:
    """Return what the paper of a certificate says that stands no more; None while it stands."""
    said = {State.REVOKED: REVOKED, State.SUPERSEDED: REPLACED}.get(state)
    if said is None or moment is None:
        return None
    day = dated(moment.isoformat())
    return Both(said.en.format(day=day.en), said.zh.format(day=day.zh))
