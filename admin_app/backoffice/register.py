"""The roof: knows all rooms of the back office and hangs their screens on Flask-Admin."""

from flask_admin import Admin

from admin_app.backoffice.calendars.tools import CalendarTools, calendar_choices
from admin_app.backoffice.content.migration import Migration
from admin_app.backoffice.content.register import extend_navigation
from admin_app.backoffice.content.register import register as register_content
from admin_app.backoffice.emergencies.drills import Drills
from admin_app.backoffice.emergencies.incidents import Incidents
from admin_app.backoffice.escalations.tools import EscalationTools, fallback_words, simulator_choices
from admin_app.backoffice.findings.pages import Findings
from admin_app.backoffice.forms.lookup import LookUp
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.kinds.pages import described_pages
from admin_app.backoffice.people.attendance import AttendanceList
from admin_app.backoffice.people.buildings import Buildings
from admin_app.backoffice.people.directory import DirectoryPages
from admin_app.backoffice.people.handovers import Handovers
from admin_app.backoffice.people.households import Households
from admin_app.backoffice.people.roster_month import RosterMonth
from admin_app.backoffice.people.rosters import DutyWeek
from admin_app.backoffice.photos.routes import register as register_photos
from admin_app.backoffice.plans.floor_plans import FloorPlanPicture, RoutePlaces
from admin_app.backoffice.plans.tools import PlanTools, RouteCodes
from admin_app.backoffice.policies.coverage import Coverage
from admin_app.backoffice.records import finders
from admin_app.backoffice.records.saved_filters import SavedFilters
from admin_app.backoffice.requests.intake import Intake
from admin_app.backoffice.requests.pages import Requests
from admin_app.backoffice.system.accounts import Accounts
from admin_app.backoffice.system.audit import Audit
from admin_app.backoffice.system.channels import Channels, ChannelTest
from admin_app.backoffice.system.devices import Devices
from admin_app.backoffice.system.failed_jobs import FailedJobs
from admin_app.backoffice.system.jobs import Jobs, PutAside
from admin_app.backoffice.system.notices import Inbox, Notices
from admin_app.backoffice.today.agenda import Agenda
from admin_app.backoffice.today.board import Board
from admin_app.backoffice.today.pages import Today
from admin_app.backoffice.today.together import Together
from admin_app.backoffice.transfer.pages import Transfer
from admin_app.backoffice.work.pages import Work
from admin_app.backoffice.work.round_figures import RoundFigures
from admin_app.shell import bell
from store import clock
from store.words import Words

DIRECTORY = (
    ("staff", 10, Words("员工", "Staff")),
    ("department", 20, Words("部门", "Departments")),
    ("roster", 30, Words("排班", "Rosters")),
    ("estate", 50, Words("小区", "Estates")),
    ("unit", 70, Words("房屋", "Units")),
    ("channel", 80, Words("群通道", "Groups")),
)

# What stands beside the editors of content.
TOOLS = (
    LookUp,
    PlanTools,
    RouteCodes,
    FloorPlanPicture,
    RoutePlaces,
    EscalationTools,
    CalendarTools,
    Coverage,
    Migration,
)

VIEWS = (
    Today, Together, Intake, Requests, Work, Board, Agenda, RoundFigures, Incidents, Drills, Findings, DutyWeek, RosterMonth,
    Handovers, AttendanceList, Jobs, FailedJobs, PutAside, Notices, Channels, ChannelTest, Transfer, Audit, Devices,
    Accounts, Inbox, SavedFilters,
)  # fmt: skip


def register(admin: Admin) -> None:
    """Add the views of the back office."""
    register_content(admin)
    for view in (*TOOLS, *VIEWS):
        admin.add_view(view())
    for pages in described_pages():
        admin.add_view(pages)
    _register_directory(admin)
    _register_choices(admin)
    extend_navigation(admin)
    finders.register(admin.app)
    register_photos(admin.app)
    bell.provide(admin.app, bell.Bell("office_inbox.index", "office_inbox.unread"))


def _register_directory(admin: Admin) -> None:
    for kind, order, words in DIRECTORY:
        admin.add_view(DirectoryPages(kind, MenuPlace("people", order), words))
    admin.add_view(Buildings(MenuPlace("people", 60), Words("楼栋", "Buildings")))
    admin.add_view(Households("household", MenuPlace("people", 40), Words("住户", "Households"), "households.read"))


def _register_choices(admin: Admin) -> None:
    """What the panels beside the editors offer, asked by their templates."""
    admin.app.jinja_env.globals.update(
        simulator_choices=lambda policy: simulator_choices(policy, clock.now()),
        fallback_chain=lambda: fallback_words(clock.now()),
        calendar_choices=lambda: calendar_choices(clock.now()),
    )
