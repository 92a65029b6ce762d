"""YAML read strictly: plain values only, and no key twice in one mapping."""

from __future__ import annotations

from typing import Any

import yaml


class BadYaml(Exception):
    """The text is no YAML that can be meant; the sentence says where."""


class _StrictLoader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's own signature
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool | None):
                raise BadYaml(f"第 {key_node.start_mark.line + 1} 行：名称要是文字。")
            if key in seen:
                raise BadYaml(f"第 {key_node.start_mark.line + 1} 行：“{key}”写了两次。")
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(content: bytes) -> object:
    """The plain values of a YAML text in UTF-8. Raises BadYaml."""
    try:
        return yaml.load(content.decode("utf-8-sig"), _StrictLoader)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError as bad:
        raise BadYaml("不是 UTF-8 编码的文本。") from bad
    except yaml.MarkedYAMLError as bad:
        line = f"第 {bad.problem_mark.line + 1} 行附近" if bad.problem_mark else ""
        raise BadYaml(f"不是正确的 YAML（{line}格式不对）。") from bad
    except (yaml.YAMLError, ValueError, RecursionError) as bad:  # ValueError: 2026-13-45 looks like a date
        raise BadYaml("不是正确的 YAML。") from bad
