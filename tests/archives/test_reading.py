"""An archive may come from anybody: nothing in it leads out of its folder, fills a disk or runs."""

import stat
import zipfile
from pathlib import Path

import pytest

from server.archives.reading import UnreadableArchive, unpacked

TOML = "wines/challenge.toml"


@pytest.fixture
def pack(tmp_path):
    """Write an archive of named texts; a ZipInfo stands for its name."""

    def pack(*members, name="given.zip") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in members:
                head, text = each if isinstance(each, tuple) else (each, "x")
                archive.writestr(head, text)
        return path

    return pack


def refusal(path: Path, **limits) -> str:
    with pytest.raises(UnreadableArchive) as refused, unpacked(path, **limits):
        pass
    return str(refused.value)


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_a_folder_in_an_archive_is_unpacked_and_gone_afterwards(pack):
    with unpacked(pack((TOML, "title"), "wines/data/train.csv", "wines/private/a.csv")) as folder:
        found = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
        assert folder.name == "wines"
        assert (folder / "challenge.toml").read_text() == "title"
    assert found == {"challenge.toml", "data/train.csv", "private/a.csv"}
    assert not folder.exists()


def test_without_a_folder_of_its_own_the_challenge_is_called_as_the_archive_is(pack):
    with unpacked(pack("challenge.toml", name="Red wines.zip")) as folder:
        assert folder.name == "red-wines"


def test_results_leftovers_and_programs_are_passed_over(pack):
    archive = pack(
        TOML,
        "wines/prepare.py",
        "wines/results/board-a-public.csv",
        "wines/results/submissions/1.csv",
        "__MACOSX/wines/._challenge.toml",
        "wines/data/.DS_Store",
        "wines/data/x.csv",
    )
    with unpacked(archive) as folder:
        found = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert found == {"challenge.toml", "data/x.csv"}


@pytest.mark.parametrize(
    "name",
    [
        "../challenge.toml",
        "wines/../../evil.csv",
        "/etc/evil.csv",
        "C:evil.csv",
        "wines\\..\\evil.csv",
        "wines/data/..",
    ],
)
def test_a_name_that_leads_out_of_the_archive_is_refused(pack, tmp_path, name):
    assert "outside itself" in refusal(pack(TOML, name))
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ((TOML, link("wines/data/passwd")), "a link or a device"),
        ((TOML, "wines/data/deep/x.csv"), "lies too deep"),
        ((TOML, "wines/data/A.csv", "wines/data/a.csv"), "twice"),
        ((TOML, "other/challenge.toml"), "2 challenges"),
        (("wines.zip",), "holds another archive"),
        (("wines/a/challenge.toml",), "no challenge.toml"),
        (("readme.txt",), "no challenge.toml"),
    ],
)
def test_what_is_no_challenge_folder_is_refused_in_words(pack, members, words):
    assert words in refusal(pack(*members))


def test_a_bomb_is_stopped_while_it_unpacks(pack, monkeypatch):
    monkeypatch.setattr("server.archives.reading.HARMLESS", 1_000_000)
    bomb = pack(TOML, ("wines/data/train.csv", b"0" * 20_000_000))
    assert bomb.stat().st_size < 40_000
    assert "more than it can be meant to" in refusal(bomb)


def test_all_together_may_not_be_too_large(pack):
    archive = pack(TOML, *((f"wines/data/{i}.csv", "1234567890" * 100) for i in range(20)))
    assert "more than it can be meant to" in refusal(archive, most_bytes=10_000)


def test_a_head_that_lies_about_a_size_helps_nobody(pack, monkeypatch):
    monkeypatch.setattr("server.archives.reading.HARMLESS", 100_000)
    path = pack(TOML, ("wines/data/train.csv", b"0" * 3_000_000))
    content = path.read_bytes().replace(
        (3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    )
    path.write_bytes(content)
    assert refusal(path)


def test_a_locked_archive_is_refused(pack):
    path = pack(TOML)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(bytes(content))
    assert "password" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    assert "no zip archive" in refusal(path)


def test_a_broken_member_is_refused(pack):
    path = pack(TOML, ("wines/data/train.csv", bytes(range(256)) * 500))
    content = bytearray(path.read_bytes())
    middle = content.index(b"train.csv") + 200
    content[middle : middle + 40] = b"\x00" * 40
    path.write_bytes(bytes(content))
    assert "no zip archive, or a broken one" in refusal(path)


def test_too_many_files_are_refused(pack, monkeypatch):
    monkeypatch.setattr("server.archives.reading.MOST_FILES", 3)
    assert "more than 3 files" in refusal(pack(TOML, *(f"wines/data/{i}" for i in range(4))))
