from accounts.models.notices import Address, Delivery, Notice
from accounts.models.people import FormerPassword, Post, Throttle, User

__all__ = ["Address", "Delivery", "FormerPassword", "Notice", "Post", "Throttle", "User"]
