"""What a person does with python-caldav, somebody else's reading of RFC 4791; told as JSON."""

import json
import sys
from datetime import datetime, timezone

import caldav

url, username, password = sys.argv[1:4]
client = caldav.DAVClient(url=url, username=username, password=password)
told = {}

# From the root alone: principal and home are found.
principal = client.principal()
told["calendars"] = [calendar.name for calendar in principal.calendars()]
calendar = principal.make_calendar(name="De Python", cal_id="python")
told["made"] = sorted(str(one.url).rstrip("/").split("/")[-1] for one in principal.calendars())
told["components"] = calendar.get_supported_components()


def event(uid, lines):
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//python//FR\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20260101T000000Z\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


meeting = calendar.save_event(
    event(
        "reunion",
        "DTSTART:20260302T090000Z\r\nDTEND:20260302T100000Z\r\nSUMMARY:Réunion é🐦\r\n"
        'X-PERSO;X-A="b;c":ce qui n\'est à personne\r\n',
    )
)
calendar.save_event(
    event(
        "serie",
        "DTSTART:20260303T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\nSUMMARY:Point\r\n",
    )
)
calendar.save_event(event("conge", "DTSTART;VALUE=DATE:20260305\r\nSUMMARY:Congé\r\n"))
token = calendar.objects_by_sync_token()
told["first"] = len(list(token))

told["events"] = sorted(one.icalendar_component["uid"] for one in calendar.events())
found = calendar.date_search(datetime(2026, 3, 10), datetime(2026, 3, 11), expand=False)
told["found"] = [str(one.icalendar_component["uid"]) for one in found]
expanded = calendar.date_search(datetime(2026, 3, 1), datetime(2026, 4, 1), expand=True)
told["starts"] = sorted(
    component["dtstart"].dt.strftime("%Y%m%dT%H%M%S")
    for one in expanded
    for component in one.icalendar_instance.walk("VEVENT")
)
told["by uid"] = str(calendar.event_by_uid("reunion").icalendar_component["summary"])
told["busy"] = [
    line
    for line in calendar.freebusy_request(
        datetime(2026, 3, 2, tzinfo=timezone.utc), datetime(2026, 3, 4, tzinfo=timezone.utc)
    ).data.splitlines()
    if line.startswith("FREEBUSY")
]

task = calendar.save_todo(
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//python//FR\r\nBEGIN:VTODO\r\nUID:tache\r\n"
    "DTSTAMP:20260101T000000Z\r\nDUE;VALUE=DATE:20260304\r\nSUMMARY:Rendre\r\nSTATUS:NEEDS-ACTION\r\n"
    "END:VTODO\r\nEND:VCALENDAR\r\n"
)
told["open"] = [str(one.icalendar_component["uid"]) for one in calendar.todos()]
task.complete()
told["done"] = [str(one.icalendar_component["uid"]) for one in calendar.todos()]
told["all"] = [str(one.icalendar_component["uid"]) for one in calendar.todos(include_completed=True)]

meeting.load()
meeting.data = meeting.data.replace("Réunion", "Réunion changée")
meeting.save()
calendar.event_by_uid("conge").delete()
later = calendar.objects_by_sync_token(token.sync_token)
told["since"] = len(list(later))
again = calendar.event_by_uid("reunion")
again.load()
told["changed"] = str(again.icalendar_component["summary"])
told["kept"] = [line for line in again.data.splitlines() if line.startswith("X-PERSO")]

calendar.set_properties([caldav.elements.dav.DisplayName("Autre nom")])
told["renamed"] = calendar.get_display_name()
try:
    calendar.save_event(event("chaque-seconde", "DTSTART:20260302T090000Z\r\nRRULE:FREQ=SECONDLY\r\n"))
    told["refused"] = False
except caldav.error.AuthorizationError:
    told["refused"] = True
try:
    caldav.DAVClient(url=url, username=username, password="faux").principal()
    told["kept out"] = False
except caldav.error.AuthorizationError:
    told["kept out"] = True
calendar.delete()
told["left"] = sorted(str(one.url).rstrip("/").split("/")[-1] for one in principal.calendars())
print(json.dumps(told))
