"""The stored shapes of Baton's spine, one file for each group of nouns."""

from escalations.models.agents import Agent, ApiKey, Endpoint
from escalations.models.calls import Call
from escalations.models.conversations import ChatMessage, Receipt
from escalations.models.decisions import CommandAnswer, Decision, Feedback, Report, Vote
from escalations.models.deliveries import Delivery, Receiver
from escalations.models.escalations import Escalation, Requirement, State
from escalations.models.events import ChainHead, Event, SealedSheet
from escalations.models.facts import FactCheck
from escalations.models.handed import HandedCase
from escalations.models.lookups import LookUp, LookUpReading
from escalations.models.outgoing import DeliveryAttempt, Outgoing
from escalations.models.packages import Addition, JoinedCall, KeyedCall, Package
from escalations.models.policies import PolicyDraft, PolicyVersion
from escalations.models.remarks import Remark, WhyDeclined, WorkingDraft
from escalations.models.search_words import SearchWord

__all__ = [
    "Addition",
    "Agent",
    "ApiKey",
    "Call",
    "ChainHead",
    "ChatMessage",
    "CommandAnswer",
    "Decision",
    "Delivery",
    "DeliveryAttempt",
    "Endpoint",
    "Escalation",
    "Event",
    "FactCheck",
    "Feedback",
    "HandedCase",
    "JoinedCall",
    "KeyedCall",
    "LookUp",
    "LookUpReading",
    "Outgoing",
    "Package",
    "PolicyDraft",
    "PolicyVersion",
    "Receipt",
    "Receiver",
    "Remark",
    "Report",
    "Requirement",
    "SealedSheet",
    "SearchWord",
    "State",
    "Vote",
    "WhyDeclined",
    "WorkingDraft",
]
