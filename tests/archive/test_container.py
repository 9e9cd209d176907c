"""An archive's bytes are a function of what is in it, and whatever is changed in them is found and named."""

import hashlib
import io
import shutil
import subprocess
import zipfile

import pytest

from itt.archive.container import SUMS, check, unpack, write
from itt.errors import UserError

FILES = [("a.txt", b"one\n"), ("sub/b.bin", bytes(range(40))), ("sub/empty", b"")]


def packed(files=FILES):
    file = io.BytesIO()
    write(file, files)
    return file.getvalue()


@pytest.fixture
def archive(tmp_path):
    """Writes bytes to a file."""

    def make(content):
        path = tmp_path / "a.zip"
        path.write_bytes(content)
        return path

    return make


@pytest.fixture
def unsound(archive):
    """The one line that is said about bytes that are no sound archive."""

    def line(content):
        with pytest.raises(UserError) as said:
            check(archive(content))
        assert "\n" not in str(said.value)
        return str(said.value)

    return line


def test_what_was_written_is_sound(archive):
    assert check(archive(packed())) == len(FILES) + 1


def test_the_same_files_give_the_same_bytes_at_any_time(monkeypatch):
    now = packed()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert packed() == now


def test_bytes_do_not_depend_on_a_library_that_compresses():
    assert {info.compress_type for info in zipfile.ZipFile(io.BytesIO(packed())).infolist()} == {zipfile.ZIP_STORED}


def test_ordinary_tools_open_it_and_check_its_hashes(archive, tmp_path):
    shutil.unpack_archive(archive(packed()), tmp_path / "by-python")
    done = subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=tmp_path / "by-python", check=False)
    assert done.returncode == 0


def owners():
    """For each byte of the archive the name that is to be told when it is another; None where a zip ends."""
    whole = packed()
    zip_file = zipfile.ZipFile(io.BytesIO(whole))
    infos = zip_file.infolist()
    starts = [info.header_offset for info in infos] + [zip_file.start_dir]
    told = [
        info.filename for info, begin, end in zip(infos, starts, starts[1:], strict=False) for _ in range(begin, end)
    ]
    told += [info.filename for info in infos for _ in range(46 + len(info.filename))]
    return told + [None] * (len(whole) - len(told))


@pytest.mark.parametrize("flip", [0x01, 0x80, 0xFF])
def test_one_changed_byte_anywhere_is_found_and_its_file_is_named(unsound, flip):
    whole = packed()
    for place, name in enumerate(owners()):
        changed = bytearray(whole)
        changed[place] ^= flip
        line = unsound(bytes(changed))
        assert "not sound" in line
        assert name is None or name in line, (place, line)


def test_an_archive_that_was_cut_short_anywhere_is_not_sound(unsound):
    whole = packed()
    for length in range(len(whole)):
        assert "not sound" in unsound(whole[:length])


@pytest.mark.parametrize("changed", [packed() + b"x", b"x" + packed()])
def test_nothing_may_stand_before_or_behind_an_archive(unsound, changed):
    assert "not sound" in unsound(changed)


def zipped(files):
    """A zip of other making."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def listing(files):
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files).encode()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([*FILES, ("c.txt", b"new")], "c.txt was added"),
        (FILES[1:], "a.txt is missing"),
        ([("z.txt", b"one\n"), *FILES[1:]], "a.txt was renamed to z.txt"),
        ([("a.txt", b"two\n"), *FILES[1:]], "a.txt was changed"),
    ],
)
def test_files_that_are_not_those_of_the_list_are_named(unsound, files, words):
    assert words in unsound(zipped([*files, (SUMS, listing(FILES))]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_there_twice_is_named(unsound):
    assert "a.txt is there 2 times" in unsound(zipped([*FILES, FILES[0], (SUMS, listing(FILES))]))


def test_an_archive_without_its_list_is_not_sound(unsound):
    assert f"{SUMS} is missing" in unsound(zipped(FILES))


def test_a_zip_of_other_making_is_no_archive_even_if_its_hashes_fit(unsound):
    assert "is not as itt writes it" in unsound(zipped([*FILES, (SUMS, listing(FILES))]))


@pytest.mark.parametrize(
    "name", ["../evil", "/evil", "sub/../../evil", "sub//evil", "./evil", "..", "e\\vil", "e\nvil"]
)
def test_a_name_that_leads_out_of_a_folder_is_refused(unsound, name):
    assert "no name for a file" in unsound(packed([*FILES, (name, b"")]))


def test_many_problems_are_one_line(unsound):
    line = unsound(zipped([*((f"{number}.txt", b"") for number in range(9)), (SUMS, listing(FILES))]))
    assert "and 8 more" in line


def test_unpacked_files_are_plain_ones(archive, tmp_path):
    unpack(archive(packed()), tmp_path / "there")
    assert {path.relative_to(tmp_path / "there").as_posix(): path.read_bytes() for path in files(tmp_path)} == {
        **dict(FILES),
        SUMS: listing(FILES),
    }


def files(tmp_path):
    return [path for path in (tmp_path / "there").rglob("*") if path.is_file() and not path.is_symlink()]
