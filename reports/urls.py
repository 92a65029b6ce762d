from django.urls import path

from reports.views.archives import archive_file, archives, student_archive
from reports.views.board import review_accept_clean, review_board
from reports.views.files import submission_pdf, submission_xlsx
from reports.views.filing import filing, filing_answer, filing_confirm, filing_list, filing_refresh, filing_submit
from reports.views.home import home
from reports.views.month import month, month_schools, month_teachers, month_xlsx
from reports.views.months import month_list
from reports.views.review import review, review_accept, review_reopen, review_return
from reports.views.review_photos import review_photo, review_thumbnail
from reports.views.week import week_plan

urlpatterns = [
    path("", home, name="home"),
    path("reports/", month_list, name="month_list"),
    path("reports/review/<str:month>/", review_board, name="review_board"),
    path("reports/review/<str:month>/accept/", review_accept_clean, name="review_accept_clean"),
    path("reports/review/<str:month>/<uuid:school>/", review, name="review"),
    path("reports/review/<str:month>/<uuid:school>/accept/", review_accept, name="review_accept"),
    path("reports/review/<str:month>/<uuid:school>/return/", review_return, name="review_return"),
    path("reports/review/<str:month>/<uuid:school>/reopen/", review_reopen, name="review_reopen"),
    path("reports/review/<str:month>/<uuid:school>/photos/<uuid:photo>/", review_photo, name="review_photo"),
    path("reports/review/<str:month>/<uuid:school>/photos/<uuid:photo>/thumbnail/", review_thumbnail, name="review_thumbnail"),
    path("students/<uuid:pk>/archive/", student_archive, name="student_archive"),
    path("reports/archives/", archives, name="archives"),
    path("reports/archives/<uuid:pk>/", archive_file, name="archive_file"),
    path("reports/week/", week_plan, name="week_plan"),
    path("reports/submissions/<uuid:pk>/pdf/", submission_pdf, name="submission_pdf"),
    path("reports/submissions/<uuid:pk>/xlsx/", submission_xlsx, name="submission_xlsx"),
    path("reports/<str:month>/", month, name="month"),
    path("reports/<str:month>/schools/", month_schools, name="month_schools"),
    path("reports/<str:month>/teachers/", month_teachers, name="month_teachers"),
    path("reports/<str:month>/filing/", filing_list, name="filing_list"),
    path("reports/<str:month>/filing/<uuid:school>/", filing, name="filing"),
    path("reports/<str:month>/filing/<uuid:school>/answer/", filing_answer, name="filing_answer"),
    path("reports/<str:month>/filing/<uuid:school>/refresh/", filing_refresh, name="filing_refresh"),
    path("reports/<str:month>/filing/<uuid:school>/submit/", filing_submit, name="filing_submit"),
    path("reports/<str:month>/filing/<uuid:school>/confirm/", filing_confirm, name="filing_confirm"),
    path("reports/<str:month>/xlsx/", month_xlsx, name="month_xlsx"),
]
