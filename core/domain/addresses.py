"""Mail addresses as the configuration must have them: what a server would refuse is found before anything runs."""

from email.errors import MessageError
from email.headerregistry import Address
from typing import Annotated

from pydantic import AfterValidator


def is_address(text: str) -> bool:
    """Whether `text` is one address, user@domain in ASCII, with nothing around it."""
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError, UnicodeError):
        return False
    plain = text.isascii() and text.isprintable() and not any(map(str.isspace, text))
    return plain and bool(address.username and address.domain) and address.addr_spec == text


def _checked(text: str) -> str:
    if not is_address(text.strip()):
        raise ValueError("不是邮箱地址，应写成 name@example.gov.cn")
    return text.strip()


EmailAddress = Annotated[str, AfterValidator(_checked)]
