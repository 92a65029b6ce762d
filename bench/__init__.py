"""Speed as ratios: what the product takes against a limit or a peer, in one interleaved run. See docs/speed.md.

Importing it sets Django up, on the database that the environment names.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songjiao.settings")
django.setup()
