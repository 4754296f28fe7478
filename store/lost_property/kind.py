"""Lost property: what was found is kept, handed over to whose it is, or disposed of after its period (clause 2.1)."""

from store.descriptions import Due, Making, Office, Proves
from store.fields.spec import Field
from store.kinds import RecordKind, register
from store.verbs import REASON, Button, Effect, Verb
from store.words import Words

_WRITE = "lost_property.write"
_HERE = frozenset({"kept", "claimed"})
_PHOTOS = Field("photos", "photos", Words("照片", "Photos"))
_CLAIMED_BY = Field("claimed_by", "text", Words("认领人", "Claimed by"), required=True, personal=True)
_PHONE = Field("claimant_phone", "text", Words("认领人电话", "Their telephone"), required=True, personal=True)
_MARKS = Field("marks", "text", Words("核对特征", "How they know it"))
_SIGNED_BY = Field("signed_by", "text", Words("签收人", "Signed for by"), required=True, personal=True)
_HANDED_OVER_AT = Field("handed_over_at", "datetime", Words("交还时间", "Handed over on"))
_FOUND = (
    Field("what", "text", Words("物品", "What it is"), required=True),
    Field("place", "text", Words("拾获地点", "Where it was found"), required=True),
    Field("found_at", "datetime", Words("拾获时间", "When it was found"), required=True),
    Field("found_by", "text", Words("拾获人", "Found by"), personal=True),
    Field("kept_by", "reference", Words("保管人", "Kept by"), required=True, target="staff"),
    Field("keep_until", "date", Words("保管到", "Kept until"), required=True),
    _PHOTOS,
)

LOST_ITEM = register(
    RecordKind(
        name="lost_item",
        one=Words("失物", "Lost item"),
        many=Words("失物招领", "Lost property"),
        prefix="L",
        page="lost-property",
        permission="lost_property.read",
        clause="2.1",
        search_order=48,
        states={
            "kept": Words("保管中", "Kept"),
            "claimed": Words("已认领待交还", "Claimed"),
            "handed_over": Words("已交还", "Handed over"),
            "disposed": Words("已处置", "Disposed of"),
        },
        fields=(*_FOUND, _CLAIMED_BY, _PHONE, _MARKS, _SIGNED_BY, _HANDED_OVER_AT),
        making=Making(
            words=Words("登记失物", "Record a lost item"),
            permission=_WRITE,
            state="kept",
            asks=tuple(each.name for each in _FOUND),
            title=("what", "place"),
            days_ahead={"found_at": 0, "keep_until": 90},
        ),
        due=Due(field="keep_until", states=_HERE),
        verbs=(
            Verb(
                "claim",
                Words("登记认领", "Record a claim"),
                before=_HERE,
                after="claimed",
                permission=_WRITE,
                fields=(_CLAIMED_BY, _PHONE, _MARKS),
                noun="claim",
                button=Button(icon="people"),
            ),
            Verb(
                "hand_over",
                Words("交还", "Hand over"),
                before=_HERE,
                after="handed_over",
                permission=_WRITE,
                fields=(_SIGNED_BY, _PHONE, _PHOTOS),
                noun="handover",
                button=Button(tone="primary", icon="check"),
                effect=Effect(stamps="handed_over_at"),
            ),
            Verb(
                "correct",
                Words("更正", "Correct"),
                before=_HERE,
                permission=_WRITE,
                fields=_FOUND,
                noun="correction",
                button=Button(),
            ),
            Verb(
                "dispose",
                Words("到期处置", "Dispose of"),
                before=_HERE,
                after="disposed",
                permission=_WRITE,
                fields=(REASON,),
                noun="disposal",
                button=Button(tone="danger"),
                effect=Effect(once_due=True),
            ),
        ),
        office=Office(
            section="requests",
            order=60,
            columns=("found_at", "kept_by", "keep_until"),
            exported=("what", "place", "handed_over_at"),
            filters=("kept_by", "state"),
            empty=Words("还没有失物", "Nothing was found yet"),
            empty_hint=Words(
                "拾到物品就登记：写明物品、地点和保管人，有人认领时核对特征再交还。",
                "Record what was found, where, and who keeps it; compare its marks with whoever claims it.",
            ),
        ),
        proves=Proves(
            name="lost_property_returned",
            words=Words("交还的失物", "Lost property returned"),
            state="handed_over",
            at="handed_over_at",
        ),
    )
)
