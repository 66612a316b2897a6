"""Lets an existing client of another language and author use the fake, unchanged."""

import datetime
import logging
import sys

from personio_py import Attendance, Personio

# It warns of every attribute that is younger than itself.
logging.disable(logging.WARNING)
personio = Personio(
    base_url=sys.argv[1] + "/v1/", client_id="fake-client", client_secret="fake-secret"
)
employees = personio.get_employees()
assert employees, "nobody works here"
absences = personio.get_absences(employees)
assert absences, "nobody is ever absent"

worker = employees[0].id_
day = datetime.datetime(2026, 3, 2)
new = Attendance(
    employee_id=worker, date=day, start_time="08:30", end_time="12:00", break_duration=15, comment="Inventur"
)
assert personio.create_attendances([new]), "the attendance was refused"
attendances = personio.get_attendances(employees, day, day)
found = [(found.employee_id, found.start_time, found.end_time) for found in attendances]
hours = [datetime.timedelta(hours=8, minutes=30), datetime.timedelta(hours=12)]
assert found == [(worker, *hours)], found
print(f"personio-py: {len(employees)} employees, {len(absences)} absences, one attendance recorded and read")
