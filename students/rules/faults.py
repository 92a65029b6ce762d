"""The codes a roster row may be rejected or warned with, and their words. Source: docs/rules.md, "The roster sheet"."""

from __future__ import annotations

LONGEST = {
    "name": 100,
    "guardian": 100,
    "caregiver": 100,
    "relation": 100,
    "class_grade": 100,
    "address": 300,
    "household": 300,
    "reason": 300,
    "remark": 1000,
}
"""Characters a cell may hold where the record has room for so many."""

MESSAGES = {
    # a cell that must be corrected
    "id_precision_lost": "身份证号被当作数字，末尾几位已经丢失。请把这一列设为“文本”，重新填写完整的 18 位号码。",
    "id_format": "身份证号应是 18 位：17 位数字加 1 位数字或 X。没有号码就留空。",
    "id_check_digit": "身份证号的校验位不对，有一位或几位写错了。",
    "id_date": "身份证号里的出生日期不存在、早于 1900 年或晚于今天。",
    "id_region": "身份证号开头两位不是任何省份的代码。",
    "id_sex_mismatch": "身份证号（第 17 位）与性别不符。",
    "id_birth_mismatch": "身份证号里的出生日期与这一行填写的出生日期不符。",
    "duplicate_row": "这个身份证号在前面的行里已经有了。",
    "name_missing": "没有姓名。",
    "birth_missing": "身份证号和出生日期至少要填一样。",
    "sex_missing": "身份证号和性别至少要填一样。",
    "sex_unknown": "性别应是“男”或“女”。",
    "school_unknown": "本县没有“{said}”这所学校。请填写学校全称或 10 位学校标识码。",
    "not_own_school": "只能导入本校的学生，送教学校应填写本校。",
    "category_unknown": "残疾类别应是视力、听力、言语、肢体、智力、精神之一；多重残疾请写明至少两类，如“多重（肢体、智力）”。",
    "grade_unknown": "残疾等级应是一级至四级。",
    "placement_unknown": "安置方式应是送教上门、随班就读、特教班、特校、远程或延缓入学。",
    "ethnicity_unknown": "没有这个民族。请按国家标准名称填写，如“壮族”。",
    "date_format": "看不懂这个日期，或者它晚于今天。请写成 2014-03-08 这样的年、月、日。",
    "cert_format": "残疾人证号应是 18 位身份证号，加 1 位类别（1–7）、1 位等级（1–4），补发的再加 B1 这样的后缀。",
    "phone_format": "电话应是 11 位手机号或固定电话，一格只写一个。",
    "registration_format": "学籍号应是 19 位：G、J 或 L 开头。正在办理的填“办理中”。",
    "end_before_start": "终止日期早于开始日期。",
    "too_long": "这一格太长，最多 {said} 个字。",
    # what an import never does by itself
    "would_move": "这名学生在册的送教学校与这一行不同。导入不会替学生转校，请与县局核对。",
    "would_end": "这一行会终止在册的送教。导入不会替学生终止送教，请与县局核对。",
    # worth a look
    "no_id": "没有身份证号，按送教学校、姓名和出生日期识别。",
    "age_outside_policy": "年龄不在本县政策规定的范围内。",
    "cert_id_mismatch": "残疾人证号的前 18 位与身份证号不同。",
    "cert_category_mismatch": "残疾人证号第 19 位（类别）与残疾类别不同。",
    "cert_grade_mismatch": "残疾人证号第 20 位（等级）与残疾等级不同。",
    "possible_duplicate": "另有一名学生与这一行同名同日生，可能是同一个人，请核对。",
    "teacher_unknown": "没有找到（或有几位同名的）老师“{said}”，未列入责任教师。",
    "teachers_kept": "责任教师与在册的不同，导入没有改动。需要时请在学生页面上更换。",
    "light_grade": "四级残疾程度较轻，请核对是否需要送教上门。",
    "reason_transport_only": "只有交通不便一个原因，请核对是否还有其他原因。",
}
