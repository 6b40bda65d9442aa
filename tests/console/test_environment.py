from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from console import environment, secret_files

KEY = "k" * 32
PAGING_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SCALED = {
    "DATABASE_URL": "postgresql://baton:p%40ss@db.example.org:5433/desk",
    "REDIS_URL": "redis://cache.example.org:6379/0",
    "BATON_SECRET_KEY": KEY,
}


def test_nothing_set_is_the_embedded_default():
    found = environment.read({})
    assert (found.scaled, found.https, found.debug) == (False, False, False)
    assert found.data == environment.PROJECT / "var"
    assert found.url == "http://127.0.0.1:8000"
    assert found.allowed_hosts == ("127.0.0.1", "localhost", "[::1]")
    assert found.package_bytes_max == 1_048_576
    assert found.callback_private_addresses == ()
    assert found.metrics_token == ""
    assert found.statement_timeout_s == 5
    assert found.log_level == "WARNING"


def test_everything_set(tmp_path):
    found = environment.read(
        {
            **SCALED,
            "BATON_DATA": str(tmp_path),
            "BATON_SECRET_KEY_FALLBACKS": f"{KEY}-old, {KEY}-older",
            "BATON_URL": "https://baton.example.org/",
            "BATON_ALLOWED_HOSTS": "baton.example.org, 10.0.0.5",
            "BATON_PACKAGE_BYTES_MAX": "2048",
            "BATON_CALLBACK_PRIVATE_ADDRESSES": "10.20.0.0/16,::1/128",
            "BATON_METRICS_TOKEN": "token",
            "BATON_SMTP_URL": "smtp://baton:p%40ss@mail.example.org",
            "BATON_MAIL_FROM": "Baton <baton@example.org>",
            "BATON_PAGING_URL": "https://alerts.example.org/baton",
            "BATON_PAGING_SECRET": PAGING_SECRET,
            "BATON_STATEMENT_TIMEOUT_S": "0",
            "BATON_LOG_LEVEL": "info",
            "BATON_DEBUG": "yes",
        }
    )
    expected = dict(  # noqa: C408
        data=tmp_path,
        secret_key=KEY,
        secret_key_fallbacks=(f"{KEY}-old", f"{KEY}-older"),
        url="https://baton.example.org",
        database_url=SCALED["DATABASE_URL"],
        redis_url=SCALED["REDIS_URL"],
        allowed_hosts=("baton.example.org", "10.0.0.5"),
        package_bytes_max=2048,
        callback_private_addresses=(ip_network("10.20.0.0/16"), ip_network("::1/128")),
        metrics_token="token",
        smtp_url="smtp://baton:p%40ss@mail.example.org",
        mail_from="Baton <baton@example.org>",
        paging_url="https://alerts.example.org/baton",
        paging_secret=PAGING_SECRET,
        statement_timeout_s=0,
        log_level="INFO",
        debug=True,
    )
    assert {name: getattr(found, name) for name in expected} == expected
    assert (found.scaled, found.https) == (True, True)


def test_other_peoples_names_are_left_alone():
    assert environment.read({"BATON_DEMO_HALL": "1", "BATTON_URL": "x"}) == environment.read({})


def test_hosts_follow_the_public_address():
    found = environment.read({"BATON_URL": "https://baton.example.org:8443"})
    assert found.allowed_hosts == ("baton.example.org", "localhost", "127.0.0.1", "[::1]")


@pytest.mark.parametrize(
    ("value", "networks"),
    [
        ("1", environment.ANY_NETWORK),
        ("0", ()),
        ("", ()),
        ("127.0.0.1", (ip_network("127.0.0.1/32"),)),
    ],
)
def test_private_addresses_are_networks_or_a_switch(value, networks):
    found = environment.read({"BATON_CALLBACK_PRIVATE_ADDRESSES": value})
    assert found.callback_private_addresses == networks


def secret(folder, name, text):
    (folder / name).write_text(text)
    return {"BATON_SECRETS_DIR": str(folder)}


def test_settings_come_from_files_of_their_names(tmp_path):
    for name, value in SCALED.items():
        secret(tmp_path, name, f"{value}\n")
    (tmp_path / "another-program").mkdir()
    found = environment.read({"BATON_SECRETS_DIR": str(tmp_path)})
    assert found == environment.read(SCALED)
    assert KEY not in repr(found)


def test_a_variable_wins_over_a_file_and_a_blank_one_does_not(tmp_path):
    for name, value in SCALED.items():
        secret(tmp_path, name, value)
    given = {"BATON_SECRETS_DIR": str(tmp_path), "BATON_SECRET_KEY": "v" * 32, "REDIS_URL": " "}
    found = environment.read(given)
    assert (found.secret_key, found.redis_url) == ("v" * 32, SCALED["REDIS_URL"])


def test_files_are_held_to_the_same_bounds(tmp_path):
    given = secret(tmp_path, "BATON_CALLS_PER_MINUTE", "0\n")
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.read(given)
    sentence = "BATON_CALLS_PER_MINUTE is '0'. Set it to a whole number from 1 to 1000000000."
    assert str(refused.value) == sentence


def test_commands_read_files_too(tmp_path):
    given = secret(tmp_path, "BATON_PASSWORD", "correct horse battery\n")
    assert environment.read_for_commands(given).password == "correct horse battery"
    assert environment.read_for_commands({}).password == ""


def test_the_usual_folder_is_read_where_it_exists(tmp_path, monkeypatch):
    monkeypatch.setattr(secret_files, "USUAL", tmp_path / "secrets")
    assert environment.read({}).metrics_token == ""
    (tmp_path / "secrets").mkdir()
    secret(tmp_path / "secrets", "BATON_METRICS_TOKEN", "token")
    assert environment.read({}).metrics_token == "token"


def test_files_as_kubernetes_lays_them_out(tmp_path):
    (tmp_path / "..2026").mkdir()
    secret(tmp_path / "..2026", "BATON_METRICS_TOKEN", "token")
    (tmp_path / "..data").symlink_to("..2026")
    (tmp_path / "BATON_METRICS_TOKEN").symlink_to("..data/BATON_METRICS_TOKEN")
    assert environment.read({"BATON_SECRETS_DIR": str(tmp_path)}).metrics_token == "token"


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda path: None, "cannot be read (No such file or directory)."),
        (lambda path: path.write_text("text"), "cannot be read (Not a directory)."),
        (lambda path: path.symlink_to(path), "cannot be read (Too many levels of symbolic links)."),
    ],
    ids=["absent", "a file", "unreadable"],
)
def test_a_folder_that_cannot_be_read_is_refused(prepare, sentence, tmp_path):
    folder = tmp_path / "secrets"
    prepare(folder)
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.read({"BATON_SECRETS_DIR": str(folder)})
    assert str(refused.value).startswith(f"The folder of secrets {folder} {sentence}")


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda path: path.write_text(" \n"), "is empty. Write its value or remove it."),
        (lambda path: path.mkdir(), "cannot be read (Is a directory). Correct or remove it."),
        (lambda path: path.symlink_to(path), "cannot be read (Too many levels of symbolic links)."),
        (lambda path: path.write_bytes(b"\xff"), "cannot be read (it is not text in UTF-8)."),
        (lambda path: path.symlink_to(__file__), "is a link to a file outside of its folder."),
    ],
    ids=["empty", "a folder", "unreadable", "not text", "elsewhere"],
)
def test_a_file_that_holds_no_value_is_refused(prepare, sentence, tmp_path):
    path = tmp_path / "BATON_SECRET_KEY"
    prepare(path)
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.read({"BATON_SECRETS_DIR": str(tmp_path)})
    assert str(refused.value).startswith(f"The secret {path} {sentence}")


def test_a_misspelt_file_is_refused(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="Did you mean BATON_SECRET_KEY?"):
        environment.read(secret(tmp_path, "BATON_SECRET_KYE", KEY))


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DATABASE_URL": SCALED["DATABASE_URL"]}, "DATABASE_URL is set but REDIS_URL is not."),
        ({"REDIS_URL": SCALED["REDIS_URL"]}, "REDIS_URL is set but DATABASE_URL is not."),
        ({**SCALED, "BATON_SECRET_KEY": ""}, "BATON_SECRET_KEY is not set."),
        ({"BATON_SECRET_KEY": "short"}, "BATON_SECRET_KEY is too short."),
        (
            {"BATON_SECRET_KEY": KEY, "BATON_SECRET_KEY_FALLBACKS": f"{KEY},short"},
            "A key of BATON_SECRET_KEY_FALLBACKS is too short",
        ),
        ({"BATON_SECRET_KYE": KEY}, "Did you mean BATON_SECRET_KEY?"),
        (
            {**SCALED, "DATABASE_URL": "mysql://db/desk"},
            "DATABASE_URL does not begin with postgresql://",
        ),
        ({**SCALED, "DATABASE_URL": "postgresql://db"}, "DATABASE_URL names no database."),
        ({**SCALED, "DATABASE_URL": "postgresql://db:port/desk"}, "DATABASE_URL is not an address"),
        ({**SCALED, "REDIS_URL": "amqp://cache"}, "REDIS_URL does not begin with redis://"),
        ({"BATON_URL": "baton.example.org"}, "BATON_URL is 'baton.example.org'."),
        ({"BATON_URL": "https://example.org/baton"}, "without a path"),
        ({"BATON_URL": "https://example.org:99999"}, "BATON_URL is not an address"),
        ({"BATON_PACKAGE_BYTES_MAX": "1 MiB"}, "BATON_PACKAGE_BYTES_MAX is '1 MiB'."),
        ({"BATON_PACKAGE_BYTES_MAX": "12"}, "a whole number from 1024 to 1073741824"),
        ({"BATON_STATEMENT_TIMEOUT_S": "-1"}, "BATON_STATEMENT_TIMEOUT_S is '-1'."),
        ({"BATON_STATEMENT_TIMEOUT_S": "²"}, "BATON_STATEMENT_TIMEOUT_S is '²'."),
        ({"BATON_LOG_LEVEL": "LOUD"}, "Set it to one of DEBUG, INFO, WARNING, ERROR."),
        ({"BATON_DEBUG": "maybe"}, "BATON_DEBUG is 'maybe'. Set it to 1 or 0."),
        ({"BATON_CALLBACK_PRIVATE_ADDRESSES": "10.0.0.1/8"}, "does not name networks"),
        ({"BATON_SMTP_URL": "smtp://mail"}, "BATON_SMTP_URL and BATON_MAIL_FROM belong together."),
        ({"BATON_MAIL_FROM": "a@b.example"}, "BATON_SMTP_URL and BATON_MAIL_FROM belong together."),
        (
            {"BATON_SMTP_URL": "https://mail", "BATON_MAIL_FROM": "a@b.example"},
            "BATON_SMTP_URL does not begin with smtp:// and a host.",
        ),
        (
            {"BATON_SMTP_URL": "smtp://mail", "BATON_MAIL_FROM": "Baton"},
            "BATON_MAIL_FROM is 'Baton'.",
        ),
        ({"BATON_PAGING_URL": "https://a.example"}, "BATON_PAGING_SECRET belong together."),
        ({"BATON_PAGING_SECRET": PAGING_SECRET}, "BATON_PAGING_SECRET belong together."),
        (
            {"BATON_PAGING_URL": "https://a.example", "BATON_PAGING_SECRET": "whsec_short"},
            "BATON_PAGING_SECRET is not a signing secret.",
        ),
    ],
)
def test_wrong_and_half_set_values_are_refused_with_what_to_set(variables, sentence):
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.read(variables)
    assert sentence in str(refused.value)


DATABASE, REDIS, MAIL = (
    SCALED["DATABASE_URL"],
    SCALED["REDIS_URL"],
    {"BATON_MAIL_FROM": "a@b.example"},
)
PAGING = {"BATON_PAGING_SECRET": PAGING_SECRET}
# Of each setting: what must stand beside it, and values that it cannot have.
WRONG = {
    "BATON_DATA": ({}, ["~nobody-of-this-name", "a\nb"]),
    "BATON_SECRET_KEY": ({}, ["short", "-1", f"{KEY}\n{KEY}"]),
    "BATON_SECRET_KEY_FALLBACKS": ({}, [",", "old\x00"]),
    "BATON_URL": (
        {},
        ["x", "-1", "ftp://h", "https://", "https://a b", " https://h", "https://u:p@h", "https://h:0",
         "https://h:-1", "https://h?x=1", "https://h#x", "https://*.example.org", "https://h_x",
         "https://bäume.example", "https://h/x", "https://h:99999", "https://a..b", "https://h\n"],
    ),
    "DATABASE_URL": (
        SCALED,
        ["x", "-1", "mysql://h/d", "postgresql://h", "postgresql://h:0/d", "postgresql://a b/d",
         f"{DATABASE}?sslmode=require", f"{DATABASE}#x", "postgresql:///d", "postgresql://h,i/d"],
    ),
    "REDIS_URL": (
        SCALED,
        ["x", "-1", "http://h", "redis://", "redis://h:0", "redis://h/x", "redis://h/-1", "unix://",
         "redis://a b", f"{REDIS}/1"],
    ),
    "BATON_ALLOWED_HOSTS": ({}, [",", "https://h", "h:80", "a b", "-1", "h/x", "*.h", "a,,https:"]),
    "FORWARDED_ALLOW_IPS": ({}, ["proxy", "-1", "10.0.0.1/8", "10.0.0.0/99", "1 2", "https://10.0.0.1"]),
    "BATON_PACKAGE_BYTES_MAX": ({}, ["x", "-1", "1023", "1e9", "2.0", "9" * 12, "9" * 5000]),
    "BATON_CALLS_PER_MINUTE": ({}, ["x", "-1", "0", "1_000", "+5", "9" * 12]),
    "BATON_KEEP_ATTEMPTS_DAYS": ({}, ["x", "-1", "29", "3651"]),
    "BATON_CALLBACK_PRIVATE_ADDRESSES": ({}, ["x", "-1", "10.0.0.1/8", "10.0.0.0/99", "2", "https://h"]),
    "BATON_LINK_HOSTS": ({}, [",", "*", "https://h", "h:443", "a b", "-1", ".h", "h/x"]),
    "BATON_SMTP_URL": (
        MAIL,
        ["x", "-1", "https://h", "smtp://", "smtp://h:0", "smtp://a b", "smtp://h/x", "smtp://h?tls=1"],
    ),
    "BATON_MAIL_FROM": (
        {"BATON_SMTP_URL": "smtp://mail"},
        ["x", "-1", "@h", "a@", "a b@h", "A <a@h", "a@h>", "a@h, b@h", "a@bäume.example", "a@h\nBcc: b@h"],
    ),
    "BATON_PAGING_URL": (PAGING, ["x", "-1", "ftp://h", "https://", "https://h:0", "https://a b"]),
    "BATON_PAGING_SECRET": ({"BATON_PAGING_URL": "https://h"}, ["x", "-1", "whsec_", "whsec_a b"]),
    "BATON_METRICS_TOKEN": ({}, ["a b", "ä", "a\nb"]),
    "BATON_STATEMENT_TIMEOUT_S": ({}, ["x", "-1", "5s", "0.5", "86401", "9" * 12]),
    "BATON_LOG_LEVEL": ({}, ["x", "-1", "10", "INFO,DEBUG"]),
    "BATON_DEBUG": ({}, ["x", "-1", "2"]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, (_, wrong) in WRONG.items() for value in wrong]
)
def test_a_value_that_a_setting_cannot_have_is_refused_by_its_name(name, value):
    with pytest.raises(ImproperlyConfigured) as refused:
        environment.read({**WRONG[name][0], name: value})
    assert name in str(refused.value)


def test_the_settings_that_may_hold_anything_are_few():
    # A path, which is read when the rules are; see tests of the hard rules.
    settings = {environment._variable(environment.Environment, field)
                for field in environment.Environment.model_fields}  # fmt: skip
    assert settings - set(WRONG) == {"BATON_HARD_RULES"}


@pytest.mark.parametrize(
    ("name", "value", "beside"),
    [
        ("BATON_URL", "https://[::1]:8443", {}),
        ("BATON_ALLOWED_HOSTS", "*, .example.org, [::1], 10.0.0.5, web_1", {}),
        ("FORWARDED_ALLOW_IPS", "*", {}),
        ("FORWARDED_ALLOW_IPS", "10.0.0.0/8, ::1", {}),
        ("BATON_LINK_HOSTS", "*.example.org, Example.org", {}),
        ("DATABASE_URL", "postgres://%2Fvar%2Frun%2Fpostgresql/baton", SCALED),
        ("DATABASE_URL", "postgresql://db_1/baton", SCALED),
        ("REDIS_URL", "unix:///run/redis.sock", SCALED),
        ("REDIS_URL", "rediss://:p%40ss@cache", SCALED),
        ("BATON_PAGING_URL", "https://alerts.example.org/a?key=1", PAGING),
    ],
)
def test_unusual_values_are_taken(name, value, beside):
    environment.read({**beside, name: value})


def test_the_public_address_is_as_browsers_write_it():
    assert environment.read({"BATON_URL": "https://Desk.Example.org:443/"}).url == (
        "https://desk.example.org"
    )


def test_the_parts_of_a_database_address():
    assert environment.postgres(SCALED["DATABASE_URL"]) == {
        "NAME": "desk", "USER": "baton", "PASSWORD": "p@ss", "HOST": "db.example.org", "PORT": "5433",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("url", "port", "use_ssl", "use_tls", "username"),
    [
        ("smtps://baton:p%40ss@mail.example.org", 465, True, False, "baton"),
        ("smtp://baton:p%40ss@mail.example.org", 587, False, True, "baton"),
        ("smtp://mail.example.org", 25, False, False, ""),
        ("smtp://mail.example.org:2525", 2525, False, False, ""),
    ],
)
def test_the_parts_of_a_mail_server(url, port, use_ssl, use_tls, username):
    assert environment.smtp(url) == {
        "host": "mail.example.org",
        "port": port,
        "username": username,
        "password": "p@ss" if username else "",
        "use_ssl": use_ssl,
        "use_tls": use_tls,
    }
