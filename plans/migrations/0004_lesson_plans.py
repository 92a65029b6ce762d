import django.db.models.deletion
import office.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('counties', '0002_log_and_file'),
        ('plans', '0003_signature_key'),
        ('students', '0002_log_and_file'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LessonPlan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('on', models.DateField(verbose_name='日期')),
                ('until', models.DateField(blank=True, null=True, verbose_name='到')),
                ('lessons', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='课时')),
                ('title', office.fields.SealedTextField(blank=True, default='', verbose_name='课题')),
                ('content', office.fields.SealedJSONField(verbose_name='内容')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('ready', '待检查'), ('returned', '已退回'), ('checked', '已检查')], default='draft', max_length=8, verbose_name='状态')),
                ('edition', models.PositiveIntegerField(default=1)),
                ('writers', models.JSONField(default=list, verbose_name='写过的人')),
                ('at', models.DateTimeField(verbose_name='建立时间')),
                ('written_at', models.DateTimeField(verbose_name='最近修改')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='交的时间')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='检查时间')),
                ('check_note', models.CharField(blank=True, max_length=500, verbose_name='检查意见')),
                ('reflection', office.fields.SealedJSONField(null=True, verbose_name='反思')),
                ('reflected_at', models.DateTimeField(blank=True, null=True, verbose_name='反思时间')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='写的人')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lesson_plans', to='students.case')),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='检查人')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lesson_plans', to='plans.plan', verbose_name='计划')),
                ('reflected_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='写反思的人')),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='counties.school', verbose_name='学校')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lesson_plans', to='students.student')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='交的人')),
            ],
            options={
                'verbose_name': '教案',
                'verbose_name_plural': '教案',
                'ordering': ['-on', '-at', 'id'],
                'indexes': [models.Index(fields=['student', '-on'], name='lesson_plan_by_student'), models.Index(fields=['school', 'state'], name='lesson_plan_by_school')],
                'constraints': [models.UniqueConstraint(fields=('case', 'on', 'author'), name='one_lesson_plan_a_day', violation_error_message='您在这一天已经有一份教案。'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('on')), _connector='OR'), name='lesson_plan_ends_after_start', violation_error_message='最后一天要晚于第一天。'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'checked'), _negated=True), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False), models.Q(('checked_by', models.F('author')), _negated=True), models.Q(('checked_by', models.F('submitted_by')), _negated=True)), _connector='OR'), name='lesson_plan_checked_by_another', violation_error_message='教案不能由写的人自己检查。')],
            },
        ),
    ]
