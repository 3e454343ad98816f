"""Items of CRM as REST spells them: camelCase of ``crm.item.*``, upper-case texts of ``crm.deal.*`` and its sisters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from sandbox.crm import COMPANY, CONTACT, DEAL, FIRST_DYNAMIC, LEAD, Item
from sandbox.field_names import camel, is_custom, original
from sandbox.php import to_text
from sandbox.portal import Portal
from sandbox.rest.lists import Row
from sandbox.wire import Json, moment

_UTM = ("utmSource", "utmMedium", "utmCampaign", "utmContent", "utmTerm")
#: Fields that are always blank here, by type, so that an answer has the keys it has on a real portal.
_BLANK: dict[int, dict[str, Json]] = {
    LEAD: {
        **dict.fromkeys(
            ("address", "birthdate", "comments", "companyTitle", "dateClosed", "dateCreateShort", "dateModifyShort")
        ),
        **dict.fromkeys(("honorific", "icq", "isConvert", "login", "post", "productId", "searchContent", "shortName")),
        **dict.fromkeys(("skype", "sourceDescription", "statusDescription", "secondName")),
        **dict.fromkeys(("email", "emailHome", "emailMailing", "emailWork", "imol"), ""),
        **dict.fromkeys(("phone", "phoneMailing", "phoneMobile", "phoneWork"), ""),
        **dict.fromkeys(("hasEmail", "hasPhone", "isReturnCustomer"), "N"),
        "hasImol": "Y",
        "fm": [],
    },
    DEAL: {
        **dict.fromkeys(("additionalInfo", "begindateShort", "closedateShort", "dateCreateShort", "dateModifyShort")),
        **dict.fromkeys(("eventDate", "eventDateShort", "eventDescription", "eventId", "hasProducts", "isLose")),
        **dict.fromkeys(("isWon", "isWork", "leadId", "locationId", "lostAmount", "orderStage", "probability")),
        **dict.fromkeys(("productId", "quoteId", "receivedAmount", "searchContent", "begindate", "closedate")),
        **dict.fromkeys(("isNew", "isRecurring", "isRepeatedApproach", "isReturnCustomer"), "N"),
        **dict.fromkeys(("comments", "sourceDescription"), ""),
        "typeId": "SALE",
        "taxValue": 0,
    },
    CONTACT: {
        **dict.fromkeys(("address", "birthdate", "comments", "honorific", "leadId", "photo", "post", "secondName")),
        **dict.fromkeys(("sourceDescription", "typeId")),
        **dict.fromkeys(("hasEmail", "hasPhone"), "N"),
        "hasImol": "Y",
        "export": "Y",
        "fm": [],
    },
    COMPANY: {
        **dict.fromkeys(("address", "bankingDetails", "comments", "industry", "leadId", "logo", "regAddress")),
        **dict.fromkeys(("hasEmail", "hasImol", "hasPhone", "isMyCompany"), "N"),
        "employees": "EMPLOYEES_1",
        "revenue": 0,
        "typeId": "CUSTOMER",
        "fm": [],
    },
}
_BLANK_DYNAMIC: dict[str, Json] = {
    **dict.fromkeys(("begindate", "closedate", "sourceDescription", "xmlId")),
    "mycompanyId": 0,
    "taxValue": 0,
}


def item_fields(portal: Portal, item: Item, *, original_names: bool = False) -> Row:
    """Say an item as ``crm.item.*`` does; an absent company is 0 or null (openlines.md part 6)."""
    zone = portal.zone
    empty: Json = None if portal.switches.absent_company_is_null else 0
    row: Row = {
        "id": item.id,
        "createdTime": moment(item.created_at, zone),
        "updatedTime": moment(item.updated_at or item.created_at, zone),
        "createdBy": 1,
        "updatedBy": item.updated_by or 1,
        "assignedById": item.assigned_by,
        "opened": "Y",
        "lastActivityBy": item.updated_by or 1,
        "lastActivityTime": moment(item.updated_at or item.created_at, zone),
        "sourceId": "",
        "originId": None,
        "originatorId": None,
        "webformId": 0,
        "entityTypeId": item.entity_type,
        **dict.fromkeys(_UTM),
        **_BLANK.get(item.entity_type, _BLANK_DYNAMIC),
    }
    if item.entity_type != CONTACT:
        row["title"] = item.title
    if item.entity_type in (LEAD, CONTACT):
        row |= {"name": item.name, "lastName": item.last_name}
    if item.entity_type == COMPANY:
        row["contactIds"] = [one.id for one in portal.crm.of_type(CONTACT) if one.company_id == item.id]
    else:
        row["companyId"] = item.company_id or empty
    if item.entity_type not in (CONTACT, COMPANY):
        row |= _on_a_stage(portal, item, empty)
    custom = {name if original_names else camel(name): value for name, value in item.custom.items()}
    return row | custom | item.fields


#: Fields that filters ask for most, read without writing out the whole item.
_READ: dict[str, Callable[[Item], Json]] = {
    "id": lambda item: item.id,
    "title": lambda item: item.title,
    "stageId": lambda item: item.stage_id,
    "categoryId": lambda item: item.category_id,
    "assignedById": lambda item: item.assigned_by,
    "companyId": lambda item: item.company_id,
    "contactId": lambda item: item.contact_ids[0] if item.contact_ids else 0,
    "contactIds": lambda item: list(item.contact_ids),
    "opportunity": lambda item: item.opportunity,
    # moments are compared as moments, whatever their offset
    "createdTime": lambda item: moment(item.created_at, UTC),
    "updatedTime": lambda item: moment(item.updated_at or item.created_at, UTC),
    "movedTime": lambda item: moment(item.moved_at or item.created_at, UTC),
}


def reader(portal: Portal, name: str) -> Callable[[Item], Json]:
    """Give what reads one field of items by either spelling of its name."""
    if is_custom(name):
        custom = original(name)
        return lambda item: item.custom.get(custom)
    known = camel(name) if name.isupper() else name
    return _READ.get(known) or (lambda item: item_fields(portal, item).get(known))


def _on_a_stage(portal: Portal, item: Item, empty: Json) -> Row:
    """Say what only items on stages have: where they stand, their contacts, their amount."""
    found = portal.crm.stage(item.entity_type, item.stage_id)
    semantics = found[1].semantics if found else "P"
    row: Row = {
        "contactId": item.contact_ids[0] if item.contact_ids else empty,
        "contactIds": list(item.contact_ids),
        "stageId": item.stage_id,
        "stageSemanticId": semantics,
        "movedTime": moment(item.moved_at or item.created_at, portal.zone),
        "movedBy": item.moved_by or 1,
        "opportunity": item.opportunity,
        "isManualOpportunity": "N",
        "currencyId": "RUB",
        "observers": [],
    }
    if item.entity_type != LEAD:
        row["categoryId"] = item.category_id
    if item.entity_type == DEAL:
        row["closed"] = "N" if semantics == "P" else "Y"
    if item.entity_type >= FIRST_DYNAMIC:
        row["previousStageId"] = item.previous_stage_id
    return row


# The old way ----------------------------------------------------------------------------------------------------------

_OLD_UTM: Row = dict.fromkeys(("UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "UTM_CONTENT", "UTM_TERM"))
_OLD_ADDRESS: Row = dict.fromkeys(
    (
        "ADDRESS",
        "ADDRESS_2",
        "ADDRESS_CITY",
        "ADDRESS_COUNTRY",
        "ADDRESS_LOC_ADDR_ID",
        "ADDRESS_POSTAL_CODE",
        "ADDRESS_PROVINCE",
        "ADDRESS_REGION",
    )
)
_OLD_BLANK: dict[int, Row] = {
    LEAD: {
        **_OLD_ADDRESS,
        **dict.fromkeys(("ADDRESS_COUNTRY_CODE", "COMPANY_TITLE", "HONORIFIC", "POST", "SECOND_NAME")),
        **dict.fromkeys(("SOURCE_DESCRIPTION", "STATUS_DESCRIPTION", "COMMENTS")),
        **dict.fromkeys(("HAS_EMAIL", "HAS_PHONE", "IS_MANUAL_OPPORTUNITY", "IS_RETURN_CUSTOMER"), "N"),
        **dict.fromkeys(("BIRTHDATE", "DATE_CLOSED"), ""),
        "HAS_IMOL": "Y",
        "SOURCE_ID": "1",
    },
    DEAL: {
        **dict.fromkeys(("ADDITIONAL_INFO", "LEAD_ID", "LOCATION_ID", "PROBABILITY", "QUOTE_ID", "TAX_VALUE")),
        **dict.fromkeys(("BEGINDATE", "CLOSEDATE", "COMMENTS", "SOURCE_DESCRIPTION", "SOURCE_ID")),
        **dict.fromkeys(("IS_MANUAL_OPPORTUNITY", "IS_NEW", "IS_RECURRING", "IS_REPEATED_APPROACH"), "N"),
        "IS_RETURN_CUSTOMER": "N",
        "TYPE_ID": "SALE",
    },
    CONTACT: {
        **_OLD_ADDRESS,
        **dict.fromkeys(("COMMENTS", "FACE_ID", "HONORIFIC", "LEAD_ID", "ORIGIN_VERSION", "PHOTO", "POST")),
        **dict.fromkeys(("SECOND_NAME", "SOURCE_DESCRIPTION", "SOURCE_ID", "TYPE_ID")),
        **dict.fromkeys(("HAS_EMAIL", "HAS_PHONE"), "N"),
        "BIRTHDATE": "",
        "EXPORT": "Y",
        "HAS_IMOL": "Y",
    },
    COMPANY: {
        **_OLD_ADDRESS,
        **{f"REG_{name}": None for name in _OLD_ADDRESS},
        **dict.fromkeys(("ADDRESS_COUNTRY_CODE", "ADDRESS_LEGAL", "BANKING_DETAILS", "INDUSTRY", "LEAD_ID", "LOGO")),
        **dict.fromkeys(("LAST_COMMUNICATION_TIME", "ORIGIN_VERSION", "REG_ADDRESS_COUNTRY_CODE")),
        **dict.fromkeys(("HAS_EMAIL", "HAS_IMOL", "HAS_PHONE", "IS_MY_COMPANY"), "N"),
        "COMMENTS": "",
        "COMPANY_TYPE": "CUSTOMER",
        "CURRENCY_ID": "RUB",
        "EMPLOYEES": "EMPLOYEES_1",
        "REVENUE": "0",
    },
}


def classic_fields(portal: Portal, item: Item) -> Row:
    """Say an item as ``crm.deal.*`` and its sisters for the other three types do (openlines.md part 6)."""
    zone = portal.zone
    row: Row = {
        "ID": str(item.id),
        "ASSIGNED_BY_ID": str(item.assigned_by),
        "CREATED_BY_ID": "1",
        "MODIFY_BY_ID": str(item.updated_by or 1),
        "DATE_CREATE": moment(item.created_at, zone),
        "DATE_MODIFY": moment(item.updated_at or item.created_at, zone),
        "LAST_ACTIVITY_BY": str(item.updated_by or 1),
        "LAST_ACTIVITY_TIME": moment(item.updated_at or item.created_at, zone),
        "OPENED": "Y",
        "ORIGINATOR_ID": None,
        "ORIGIN_ID": None,
        **_OLD_UTM,
        **_OLD_BLANK[item.entity_type],
    }
    if item.entity_type != CONTACT:
        row["TITLE"] = item.title
    if item.entity_type in (LEAD, CONTACT):
        row |= {"NAME": item.name, "LAST_NAME": item.last_name}
    if item.entity_type != COMPANY:
        row["COMPANY_ID"] = str(item.company_id) if item.company_id or item.entity_type == DEAL else None
    if item.entity_type in (LEAD, DEAL):
        row |= _classic_stage(portal, item)
    return row | {name: to_text(value) for name, value in item.custom.items()}


def _classic_stage(portal: Portal, item: Item) -> Row:
    found = portal.crm.stage(item.entity_type, item.stage_id)
    semantics = found[1].semantics if found else "P"
    row: Row = {
        "CONTACT_ID": str(item.contact_ids[0]) if item.contact_ids else None,
        "OPPORTUNITY": f"{item.opportunity:.2f}",
        "CURRENCY_ID": "RUB",
        "MOVED_BY_ID": str(item.moved_by or 1),
        "MOVED_TIME": moment(item.moved_at or item.created_at, portal.zone),
    }
    if item.entity_type == LEAD:
        return row | {"STATUS_ID": item.stage_id, "STATUS_SEMANTIC_ID": semantics}
    closed = "N" if semantics == "P" else "Y"
    return row | {
        "STAGE_ID": item.stage_id,
        "STAGE_SEMANTIC_ID": semantics,
        "CATEGORY_ID": str(item.category_id),
        "CLOSED": closed,
    }
