"""A policy in force and an admin before the Levels screen."""

import pytest
from django.test import Client

from escalations.policy import check, versions
from tests.escalations.policy.test_versions import NOW, admin
from tests.escalations.views.policies import DOCUMENT, browser


@pytest.fixture
def in_force(db):
    versions.current()
    versions.publish(check.check(DOCUMENT), by=admin("ruth", "Ruth"), now=NOW, expected=1)


@pytest.fixture
def ruth(in_force) -> Client:
    return browser("ruth")
