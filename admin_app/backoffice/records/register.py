"""The screens of records, directory, today and system."""

from flask_admin import Admin

from admin_app.backoffice.accounts import Accounts
from admin_app.backoffice.agenda import Agenda
from admin_app.backoffice.attendance import AttendanceList
from admin_app.backoffice.audit import Audit
from admin_app.backoffice.base import MenuPlace
from admin_app.backoffice.board import Board
from admin_app.backoffice.channels import Channels, ChannelTest
from admin_app.backoffice.code_sheets import Buildings
from admin_app.backoffice.devices import Devices
from admin_app.backoffice.directory import DirectoryPages
from admin_app.backoffice.drills import Drills
from admin_app.backoffice.failed_jobs import FailedJobs
from admin_app.backoffice.findings import Findings
from admin_app.backoffice.handovers import Handovers
from admin_app.backoffice.households import Households
from admin_app.backoffice.incidents import Incidents
from admin_app.backoffice.intake import Intake
from admin_app.backoffice.jobs import Jobs, PutAside
from admin_app.backoffice.notices import Inbox, Notices
from admin_app.backoffice.photos import register as register_photos
from admin_app.backoffice.records import finders
from admin_app.backoffice.requests import Requests
from admin_app.backoffice.roster_month import RosterMonth
from admin_app.backoffice.rosters import DutyWeek
from admin_app.backoffice.round_figures import RoundFigures
from admin_app.backoffice.saved_filters import SavedFilters
from admin_app.backoffice.today import Today
from admin_app.backoffice.transfer import Transfer
from admin_app.backoffice.work import Work
from admin_app.shell import bell
from store.words import Words

DIRECTORY = (
    ("staff", 10, Words("员工", "Staff")),
    ("department", 20, Words("部门", "Departments")),
    ("roster", 30, Words("排班", "Rosters")),
    ("estate", 50, Words("小区", "Estates")),
    ("unit", 70, Words("房屋", "Units")),
    ("channel", 80, Words("群通道", "Groups")),
)

VIEWS = (
    Today, Intake, Requests, Work, Board, Agenda, RoundFigures, Incidents, Drills, Findings, DutyWeek, RosterMonth,
    Handovers, AttendanceList, Jobs, FailedJobs, PutAside, Notices, Channels, ChannelTest, Transfer, Audit, Devices,
    Accounts, Inbox, SavedFilters,
)  # fmt: skip


def register(admin: Admin) -> None:
    for view in VIEWS:
        admin.add_view(view())
    for kind, order, words in DIRECTORY:
        admin.add_view(DirectoryPages(kind, MenuPlace("people", order), words))
    admin.add_view(Buildings(MenuPlace("people", 60), Words("楼栋", "Buildings")))
    admin.add_view(Households("household", MenuPlace("people", 40), Words("住户", "Households"), "households.read"))
    finders.register(admin.app)
    register_photos(admin.app)
    bell.provide(admin.app, bell.Bell("office_inbox.index", "office_inbox.unread"))
