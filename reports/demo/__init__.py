"""The content of the demo county: an invented county, its people and some months of its work, told relative to a day.

Everything is drawn from lists with a seed; nobody in it is real, and its ID numbers belong to nobody.
"""
